internal import Postgres

/// What every transaction of ours sets first. Only what is local to a transaction means anything through a
/// transaction-mode pooler.
enum Session {
  /// Functions and operators come from `pg_catalog` whatever the role's `search_path` says; times are UTC; the order in
  /// which rows arrive is repeatable; short queries are not compiled. How long a transaction may be idle is the
  /// administrator's to say.
  private static let settings = [
    ("search_path", "pg_catalog, pg_temp"), ("timezone", "UTC"), ("datestyle", "ISO"), ("extra_float_digits", "1"),
    ("row_security", "on"), ("synchronize_seqscans", "off"), ("jit", "off"), ("lock_timeout", "60s"),
  ]

  /// A server on Linux can notice that a client has gone while a statement still runs; elsewhere the setting is refused.
  private static let noticesLostClients =
    "CASE WHEN pg_catalog.strpos(pg_catalog.version(), 'linux') OPERATOR(pg_catalog.>) 0 "
    + "AND pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL "
    + "THEN pg_catalog.set_config('client_connection_check_interval', '10s', true) END"

  /// Prepares the transaction that the connection is in.
  static func prepare(_ connection: borrowing Connection) throws(PostgresError) {
    // First and alone, for it takes no time itself and a role's own limit may be a few milliseconds.
    try connection.query("SET LOCAL statement_timeout = '30min'")
    let calls = settings.map { "pg_catalog.set_config('\($0)', '\($1)', true)" }
    try connection.query("SELECT " + (calls + [noticesLostClients]).joined(separator: ", "))
  }

  /// Ends what waits for a lock or runs for longer than this, in seconds, until the transaction ends.
  static func limit(
    _ connection: borrowing Connection, lockWait: Double, statement: Double
  ) throws(PostgresError) {
    let limits = [("lock_timeout", lockWait), ("statement_timeout", statement)]
      .map { "pg_catalog.set_config('\($0)', '\(Int($1 * 1000))ms', true)" }
    try connection.query("SELECT " + limits.joined(separator: ", "))
  }
}

extension Connection {
  /// Runs `body` in a transaction that is prepared as a session of ours.
  /// - Throws: as `transaction`.
  func session<Result>(
    _ begin: String = "BEGIN", _ body: (borrowing Connection) throws -> Result
  ) throws -> Result {
    try transaction(begin) { connection in
      try Session.prepare(connection)
      return try body(connection)
    }
  }
}
