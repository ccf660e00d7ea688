internal import Postgres

extension LedgerTransaction {
  /// How long a statement may take that waits for nobody, in seconds.
  static let longestStatement = 1800.0
  /// How long a lock is waited for at most, in seconds: less than the second after which a server looks for a deadlock.
  private static let longestWait = 0.8

  /// How long a lock may be waited for on this server, in seconds.
  static func patience(_ connection: borrowing Connection) throws(PostgresError) -> Double {
    let milliseconds = try connection.query("SELECT setting FROM pg_settings WHERE name = 'deadlock_timeout'").scalar
    let deadlock = milliseconds.flatMap { Double($0) }.map { $0 / 1000 } ?? 1
    return min(longestWait, longestWait * deadlock)
  }

  /// A lock was not got in time.
  struct LockWait: Error {
    let lock: Lock
  }

  /// What the transaction may have to wait for.
  enum Lock {
    /// The ledger's own, which another run holds.
    case ledger
    /// Rows of the tenants' table, or the table.
    case tenants
    /// The table of runs.
    case runs

    var description: String {
      switch self {
      case .ledger: "another run holds the ledger's lock"
      case .tenants: "another transaction holds rows of tenant_routing_policies"
      case .runs: "another transaction holds the table training_runs"
      }
    }

    /// Runs a statement that may wait for this lock.
    /// - Parameter isEnded: whether the run is to end, so that a cancelled statement is not one that waited.
    /// - Throws: `LockWait`, also where the statement as a whole took too long; `PostgresError`.
    @discardableResult
    func wait<Result>(
      isEnded: () -> Bool = { true }, _ body: () throws -> Result
    ) throws -> Result {
      do {
        return try body()
      } catch let error as PostgresError {
        if error.sqlState == "55P03" || (error.sqlState == "57014" && !isEnded()) { throw LockWait(lock: self) }
        throw error
      }
    }

    /// The sessions that hold the lock: `process 812 (user gateway, application api)`.
    /// - Throws: `PostgresError`.
    func holders(_ connection: borrowing Connection, _ ledger: Ledger) throws(PostgresError) -> [String] {
      let condition =
        switch self {
        case .ledger: "l.locktype = 'advisory' AND l.classid = 0 AND l.objid = \(Ledger.lockKey) AND l.objsubid = 1"
        case .tenants: relation("tenant_routing_policies", ledger)
        case .runs: relation("training_runs", ledger)
        }
      return try connection.query(
        "SELECT DISTINCT l.pid, a.usename, a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
          + "WHERE l.granted AND l.pid <> pg_backend_pid() AND a.datname = current_database() AND \(condition) "
          + "ORDER BY 1 LIMIT 3"
      ).rows.map { row in
        let application = (row[2] ?? "").isEmpty ? "" : ", application \(row[2] ?? "")"
        return "process \(row[0] ?? "?") (user \(row[1] ?? "?")\(application))"
      }
    }

    private func relation(_ name: String, _ ledger: Ledger) -> String {
      "l.locktype = 'relation' AND l.mode <> 'AccessShareLock' "
        + "AND l.relation = \(SQLText.literal(ledger.table(name)))::regclass"
    }
  }
}
