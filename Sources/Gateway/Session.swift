internal import Postgres

/// What every transaction of ours sets first. Only `SET LOCAL` means anything through a transaction-mode pooler.
enum Session {
  /// Functions and operators come from `pg_catalog` whatever the role's `search_path` says; times are UTC; the order in
  /// which rows arrive is repeatable; short queries are not compiled; nobody ends us for computing between two streams.
  static func prepare(_ connection: borrowing Connection) throws(PostgresError) {
    for setting in [
      "search_path = pg_catalog, pg_temp", "timezone = 'UTC'", "datestyle = 'ISO'", "extra_float_digits = 1",
      "synchronize_seqscans = off", "jit = off", "lock_timeout = '60s'", "statement_timeout = '30min'",
      "idle_in_transaction_session_timeout = 0",
    ] {
      try connection.query("SET LOCAL \(setting)")
    }
  }
}
