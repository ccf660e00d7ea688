internal import Postgres

extension Preflight {
  /// A table whose rows row-level security hides. A SELECT then returns none and an UPDATE says `UPDATE 0`, both without
  /// an error.
  struct HiddenRows {
    let table: String
    let privilege: String
    let cure: Cure
  }

  private struct Policy {
    let name: String
    let isRestrictive: Bool
    let qual: String
    let check: String

    /// Without a WITH CHECK of its own, a policy checks new rows by its USING.
    func isOpen(_ privilege: String) -> Bool {
      let checksOpen = check == "true" || (check.isEmpty && qual == "true")
      switch privilege {
      case "SELECT": return qual == "true"
      case "INSERT": return checksOpen
      default: return qual == "true" && checksOpen
      }
    }
  }

  /// Finds the tables whose rows are hidden from the role.
  /// - Parameter isPlain: whether to ask what a role of this name would see without attributes, as a superuser has them,
  ///   and without rights of other roles.
  func hiddenRows(_ connection: borrowing Connection, isPlain: Bool = false) throws(PostgresError) -> [HiddenRows] {
    let role = try Preflight.role(connection)
    var hidden: [HiddenRows] = []
    for use in uses where try isSecured(connection, use.table, isPlain: isPlain) {
      let policies = try policies(connection, use, isPlain: isPlain)
      for policy in policies where policy.isRestrictive && !policy.isOpen(use.privilege) {
        hidden.append(HiddenRows(table: use.table, privilege: use.privilege, cure: exemption(policy, use, role)))
      }
      if !policies.contains(where: { !$0.isRestrictive && $0.isOpen(use.privilege) }) {
        let statement = try openPolicy(connection, use, role)
        hidden.append(HiddenRows(table: use.table, privilege: use.privilege, cure: .statement(statement)))
      }
    }
    return hidden
  }

  private func isSecured(
    _ connection: borrowing Connection, _ table: String, isPlain: Bool
  ) throws(PostgresError) -> Bool {
    let condition = isPlain ? "c.relrowsecurity" : "pg_catalog.row_security_active(c.oid)"
    return try connection.query(
      "SELECT \(condition) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE n.nspname = $1 AND c.relname = $2", [schemaName, table]
    ).scalar == "t"
  }

  private func policies(
    _ connection: borrowing Connection, _ use: Use, isPlain: Bool
  ) throws(PostgresError) -> [Policy] {
    let isOurs = isPlain ? "pg_catalog.pg_get_userbyid(r) = current_user" : "pg_catalog.pg_has_role(r, 'USAGE')"
    return try connection.query(
      """
      SELECT p.polname, p.polpermissive, \(shown(condition: "p.polqual")), \(shown(condition: "p.polwithcheck")) \
      FROM \(Preflight.policiesOfTable) AND p.polcmd::text IN ('*', $3) AND EXISTS ( \
      SELECT FROM unnest(p.polroles) AS r WHERE CASE WHEN r = 0 THEN true ELSE \(isOurs) END) ORDER BY 1
      """, [schemaName, use.table, use.privilege == "SELECT" ? "r" : use.privilege == "INSERT" ? "a" : "w"]
    ).rows.map {
      Policy(name: $0[0] ?? "", isRestrictive: $0[1] == "f", qual: $0[2] ?? "", check: $0[3] ?? "")
    }
  }

  private static let policiesOfTable =
    "pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid "
    + "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2"

  /// A condition as text, where it names no column and no table: to show those the server would wait for their locks.
  private func shown(condition: String) -> String {
    "CASE WHEN \(condition)::text ~ '[{](VAR|QUERY) ' THEN '?' ELSE coalesce(pg_catalog.pg_get_expr(\(condition), 0), '') END"
  }

  /// Somebody hides these rows on purpose, so nothing is offered to paste.
  private func exemption(_ policy: Policy, _ use: Use, _ role: String) -> Cure {
    .advice(
      "the restrictive policy \(SQLText.identifier(policy.name)) on \(shown(use.table)) hides rows from \(role) on "
        + "\(use.privilege); its owner must decide whether to exempt this role, by naming the roles that it is for")
  }

  /// A policy of the role's own, under a name that is free, so that no other is touched.
  private func openPolicy(
    _ connection: borrowing Connection, _ use: Use, _ role: String
  ) throws(PostgresError) -> String {
    let condition =
      switch use.privilege {
      case "SELECT": "USING (true)"
      case "INSERT": "WITH CHECK (true)"
      default: "USING (true) WITH CHECK (true)"
      }
    let taken = try connection.query(
      "SELECT p.polname FROM \(Preflight.policiesOfTable)", [schemaName, use.table]
    ).rows.compactMap { $0[0] }
    let name = freeName("\(role)_\(use.privilege.lowercased())", among: taken)
    return "CREATE POLICY \(SQLText.identifier(name)) ON \(shown(use.table)) "
      + "FOR \(use.privilege) TO \(SQLText.identifier(role)) \(condition)"
  }

  /// The server cuts a name off at 63 bytes, so one that is long is given up for one that is not.
  private func freeName(_ wanted: String, among taken: [String]) -> String {
    let base = wanted.utf8.count <= 60 ? wanted : "ainfera_labs_policy"
    guard taken.contains(where: { $0.utf8.elementsEqual(base.utf8) }) else { return base }
    var number = 2
    while taken.contains("\(base)_\(number)") { number += 1 }
    return "\(base)_\(number)"
  }
}
