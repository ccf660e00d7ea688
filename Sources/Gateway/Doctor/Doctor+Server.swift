internal import Postgres

/// The server, the way to it, and the role.
extension Doctor {
  func server(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query("SELECT current_setting('server_version'), current_setting('server_version_num')")
      .rows[0]
    let isKnown = (row[1].flatMap { Int($0) } ?? 0) >= 150_000
    return [
      Finding(
        "server", isKnown ? .ok : .warn, "PostgreSQL \(row[0] ?? "?")",
        cure: isKnown ? nil : .advice("use PostgreSQL 15 or later"))
    ]
  }

  func tls(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      "SELECT ssl, version, inet_server_addr() IS NULL FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    ).rows.first
    if row?[2] == "t" { return [Finding("tls", .ok, "a local socket, which needs none")] }
    guard row?[0] == "t" else {
      return [
        Finding(
          "tls", .warn, "the connection is not encrypted", cure: .advice("add sslmode=verify-full to the address"))
      ]
    }
    let mode = connection.parameter("sslmode") ?? "prefer"
    let isVerified = mode.hasPrefix("verify-")
    return [
      Finding(
        "tls", isVerified ? .ok : .warn,
        "\(row?[1] ?? "TLS"), sslmode \(mode)"
          + (isVerified ? ", the server's certificate is verified" : ": the server's certificate is not verified"),
        cure: isVerified ? nil : .advice("add sslmode=verify-full and sslrootcert=FILE to the address"))
    ]
  }

  func role(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      """
      SELECT current_user, session_user, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, \
      oid <> 10 AND NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid \
      AND deptype = 'o') FROM pg_roles r WHERE rolname = current_user
      """
    ).rows[0]
    let names = ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION"]
    let extras = names.indices.filter { row[$0 + 2] == "t" }.map { names[$0] }
    let user = row[0] ?? ""
    let seen = user == row[1] ? user : "\(user), connected as \(row[1] ?? "")"
    let memberships = try memberships(connection, user)
    guard !extras.isEmpty else { return [Finding("role", .ok, seen)] + memberships }
    let isDedicated = row[7] == "t"
    let isSure = try isDedicated && hasAllWithoutAttributes(connection)
    return [
      Finding(
        "role", .warn, "\(seen) has \(extras.joined(separator: ", ")), which a worker must not have",
        cure: isSure
          ? .statement("ALTER ROLE \(SQLText.identifier(user)) " + extras.map { "NO\($0)" }.joined(separator: " "))
          : .advice(
            "connect as a role that is the worker's own and has only the rights of the gateway's migrations; leave "
              + "\(user) as it is, for others may need it so"))
    ] + memberships
  }

  /// A superuser has every right and sees every row, and so would lose what was never granted to it.
  private func hasAllWithoutAttributes(_ connection: borrowing Connection) throws -> Bool {
    let rights = try RoleRights(connection, schema: schema, triggers: WriteTrigger.find(connection, schema: schema))
    let tables = try preflight.existingTables(connection)
    let isCovered = preflight.uses.allSatisfy { use in
      let columns = use.columns.map(\.name).filter { tables[use.table]?.columns[$0] != nil }
      return rights.covers(use, columns: columns, schema: schema)
    }
    return try isCovered && rights.doubt == nil && preflight.hiddenRows(connection, isPlain: true).isEmpty
  }

  private func memberships(_ connection: borrowing Connection, _ user: String) throws -> [Finding] {
    let roles = try list(
      connection,
      "SELECT quote_ident(r.rolname) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
        + "JOIN pg_roles me ON me.oid = m.member WHERE me.rolname = current_user ORDER BY 1")
    guard !roles.isEmpty else { return [] }
    return [
      Finding(
        "memberships", .warn,
        "\(user) is a member of \(Doctor.shown(roles)) and may do all that \(roles.count == 1 ? "it" : "they") may",
        cure: .advice("decide whether \(user) must be a member; a run needs only what is granted to the role itself"))
    ]
  }

  func clockDifference(_ connection: borrowing Connection) throws -> [Finding] {
    let server = try connection.query("SELECT extract(epoch FROM clock_timestamp())::float8").scalar.flatMap {
      Double($0)
    }
    let difference = Int(((server ?? clock) - clock).rounded())
    let isClose = abs(difference) < 60
    let seen =
      difference == 0
      ? "the server's and the worker's agree"
      : "the server's is \(abs(difference)) s \(difference > 0 ? "ahead of" : "behind") the worker's"
    return [
      Finding(
        "clock", isClose ? .ok : .warn, seen,
        cure: isClose ? nil : .advice("synchronise the clocks; windows and ages go by the server's"))
    ]
  }

  func writes(_ connection: borrowing Connection) throws -> [Finding] {
    guard let refusal = try WriteRefusal.find(connection) else {
      return [Finding("writes", .ok, "the server takes them")]
    }
    return [
      Finding(
        "writes", .fail, "the server takes none: \(refusal.reason)", cure: refusal.cure,
        exitStatus: exitStatus(GatewayError.writesRefused(refusal)))
    ]
  }

  /// Looked up and not tried, for a run that began meanwhile would find the lock taken.
  func lock(_ connection: borrowing Connection) throws -> [Finding] {
    let isFree =
      try connection.query(
        """
        SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() \
        WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = \(Ledger.runLockKey) AND l.objsubid = 1 AND l.granted
        """
      ).scalar == "0"
    return [
      Finding(
        "lock", isFree ? .ok : .warn, isFree ? "free" : "another run holds it now",
        cure: isFree ? nil : .advice("wait until that run has ended"))
    ]
  }
}
