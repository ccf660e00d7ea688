internal import Postgres

/// What the role may do: too little, or too much.
extension Doctor {
  func grants(_ connection: borrowing Connection) throws -> [Finding] {
    let missing = try preflight.missingGrants(connection, preflight.existingTables(connection))
    if missing.isEmpty { return [Finding("grants", .ok, "all that a run needs")] }
    let status = exitStatus(GatewayError.missingGrants(role: "", statements: missing))
    return missing.map { Finding("grants", .fail, "a privilege is missing", cure: .statement($0), exitStatus: status) }
  }

  func rowSecurity(_ connection: borrowing Connection) throws -> [Finding] {
    let hidden = try preflight.hiddenRows(connection)
    if hidden.isEmpty { return [Finding("row-level security", .ok, "hides nothing from this role")] }
    let status = exitStatus(GatewayError.hiddenRows(role: "", cures: hidden.map(\.cure)))
    return hidden.map {
      Finding(
        "row-level security", .fail, "\($0.privilege) on \($0.table) does not reach all rows, without an error",
        cure: $0.cure, exitStatus: status)
    }
  }

  private func rights(_ connection: borrowing Connection) throws -> RoleRights {
    try RoleRights(connection, schema: schema, triggers: WriteTrigger.find(connection, schema: schema))
  }

  func excessGrants(_ connection: borrowing Connection) throws -> [Finding] {
    let rights = try rights(connection)
    let excess = rights.rights.filter { !RoleRights.isExpected($0, schema: schema) }
    guard !excess.isEmpty else { return [Finding("grants too many", .ok, "none")] }
    let byWay = Dictionary(grouping: excess, by: \.way)
    let granted = byWay[.granted, default: []]
    let own = Dictionary(grouping: granted, by: \.object).sorted { $0.key < $1.key }.map { object, list in
      Finding(
        "grants too many", .warn, "\(shown(list)), which a worker must not have",
        cure: revocation(object, list, rights))
    }
    let others = byWay.filter { $0.key != .granted }.map { way, list in
      Finding("grants too many", .warn, "\(shown(list)) \(source(way, rights.role))", cure: .advice(decision(way)))
    }
    return own + others.sorted { $0.observed < $1.observed }
  }

  /// `DELETE, UPDATE (a) on public.t; SELECT on public.u`.
  private func shown(_ rights: [RoleRights.Right]) -> String {
    let byObject = Dictionary(grouping: rights, by: \.object).sorted { $0.key < $1.key }
    let lists = byObject.map { "\(privileges($0.value)) on \($0.key)" }
    return Doctor.shown(lists)
  }

  private func privileges(_ rights: [RoleRights.Right]) -> String {
    let whole = Set(rights.filter { $0.column == nil }.map(\.privilege))
    let byPrivilege = Dictionary(grouping: rights.filter { !whole.contains($0.privilege) }, by: \.privilege)
    let columns = byPrivilege.mapValues { $0.compactMap(\.column).map { SQLText.identifier($0) } }
    return
      (whole.map { ($0, $0) } + columns.map { ($0.key, "\($0.key) (\($0.value.joined(separator: ", ")))") })
      .sorted { $0.0 < $1.0 }.map(\.1).joined(separator: ", ")
  }

  /// REVOKE on a whole table takes the columns' grants too, so those that are due are given back in the same breath.
  private func revocation(_ object: String, _ excess: [RoleRights.Right], _ rights: RoleRights) -> Cure {
    if let doubt = rights.doubt { return .advice("decide whether it is needed: \(doubt)") }
    if excess.contains(where: \.isBehind) {
      return .advice("decide whether it is needed: a view or a policy of the gateway's tables reads \(object)")
    }
    let grantee = SQLText.identifier(rights.role)
    let revoke = "REVOKE \(privileges(excess)) ON \(object) FROM \(grantee)"
    let isWhole = excess.contains { $0.privilege == "UPDATE" && $0.column == nil }
    let kept =
      isWhole ? rights.columnsToKeep(object, table: excess[0].table, isOurs: excess[0].schema == schema) : []
    guard !kept.isEmpty else { return .statement(revoke) }
    return .statement("\(revoke); GRANT UPDATE (\(kept.joined(separator: ", "))) ON \(object) TO \(grantee)")
  }

  private func source(_ way: RoleRights.Way, _ role: String) -> String {
    switch way {
    case .granted: "granted to \(role)"
    case .grantedBy(let grantor): "granted to \(role) by \(grantor), who is not the owner"
    case .passedOn: "granted to \(role), which has granted rights on it to others"
    case .everybody: "granted to PUBLIC, and so to every role"
    case .membership(let other): "granted to \(other), of which \(role) is a member"
    case .ownership: "by ownership: \(role) is the owner"
    }
  }

  private func decision(_ way: RoleRights.Way) -> String {
    switch way {
    case .granted, .grantedBy: "let the one who granted it decide whether to take it back"
    case .passedOn: "decide what becomes of the others' rights, which go when this role's go"
    case .everybody: "let the owner decide whether every role needs it; to take it away could stop others"
    case .membership: "decide whether this role must be a member; others have rights by that role too"
    case .ownership: "connect as a role that is the worker's own and owns nothing"
    }
  }

  /// A right to read the judge's words, which no run does. Grants on columns would shut them out.
  func rationale(_ connection: borrowing Connection) throws -> [Finding] {
    let name = "judge_rationale"
    let rights = try rights(connection)
    let reading = rights.rights.filter {
      $0.schema == schema && $0.table == "routing_outcomes" && $0.privilege == "SELECT"
        && ($0.column == nil || $0.column == name)
    }
    let columns = try preflight.existingTables(connection)["routing_outcomes"]?.columns ?? [:]
    guard columns[name] != nil else { return [Finding(name, .ok, "the column does not exist")] }
    let observed = "the role can read it, which no run does"
    guard let first = reading.first else {
      let canRead = try connection.query(
        "SELECT has_column_privilege($1, $2, 'SELECT')", [table("routing_outcomes"), name]
      ).scalar
      return [Finding(name, .ok, canRead == "t" ? "\(observed), by what the role is" : "the role cannot read it")]
    }
    guard reading.allSatisfy({ $0.way == .granted }) else {
      let other = reading.first { $0.way != .granted } ?? first
      return [
        Finding(
          name, .ok, "\(observed): SELECT is \(source(other.way, rights.role))", cure: .advice(decision(other.way)))
      ]
    }
    if let doubt = rights.doubt {
      return [Finding(name, .ok, observed, cure: .advice("decide whether it is needed: \(doubt)"))]
    }
    let (grantee, object) = (SQLText.identifier(rights.role), first.object)
    guard reading.contains(where: { $0.column == nil }) else {
      return [Finding(name, .ok, observed, cure: .statement("REVOKE SELECT (\(name)) ON \(object) FROM \(grantee)"))]
    }
    let expected = ExpectedColumn.outcomes.map(\.name).filter { columns[$0] != nil }
    let others = rights.rights.filter { $0.object == object && $0.privilege == "SELECT" }.compactMap(\.column)
      .filter { $0 != name && !expected.contains($0) }.map { SQLText.identifier($0) }
    let read = (expected + others).joined(separator: ", ")
    return [
      Finding(
        name, .ok, "\(observed); grants on columns would shut it out",
        cure: .statement(
          "REVOKE SELECT ON \(object) FROM \(grantee); GRANT SELECT (\(read)) ON \(object) TO \(grantee)"))
    ]
  }
}
