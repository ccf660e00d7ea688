public import Logging
public import Postgres

/// The ledger of runs: who serves now, and the one transaction that records a run and moves every tenant.
public struct Ledger: Sendable {
  /// The key of the advisory lock, `labs` in ASCII.
  static let lockKey = 0x6c61_6273
  /// The key of the lock that a run holds while it reads, `labr` in ASCII.
  static let runLockKey = 0x6c61_6272
  /// How often a transaction that met another one may be repeated.
  private static let attempts = 3
  /// How long a lost answer is looked for at least, in seconds.
  private static let leastLooking = 10.0

  let schema: GatewaySchema
  let settings: ConnectionSettings
  let logger: Logger

  /// Makes a ledger, which opens a connection of its own for each transaction.
  public init(schema: GatewaySchema, settings: ConnectionSettings, logger: Logger) {
    self.schema = schema
    self.settings = settings
    self.logger = logger
  }

  func table(_ name: String) -> String {
    SQLText.table(name, schema: schema.name)
  }

  /// Takes the lock of a run until the transaction ends, so that a second worker ends at once and does not work for
  /// nothing. Nothing rests on it: a promotion is decided under the ledger's own lock.
  /// - Throws: `GatewayError.busy`.
  public func claimRun(_ connection: borrowing Connection) throws {
    let answer = try connection.query("SELECT pg_try_advisory_xact_lock(\(Ledger.runLockKey))").scalar
    guard answer == "t" else { throw GatewayError.busy }
  }

  /// The version that serves now; nil before any was promoted.
  func servingVersion(_ connection: borrowing Connection) throws(PostgresError) -> String? {
    try connection.query(
      "SELECT policy_version_to::text FROM \(table("training_runs")) WHERE promoted "
        + "ORDER BY run_at DESC, id DESC LIMIT 1"
    ).scalar
  }

  /// Records a run, and if it is promoted moves every tenant to its version, in one transaction.
  ///
  /// If the terms of the promotion no longer hold, the run is recorded as a hold. A transaction that waits for a lock for
  /// too long is rolled back and repeated within the retry time; one that met another transaction, at most three times. A
  /// connection lost at COMMIT is resolved by looking the run's identifier up.
  /// - Returns: the run as it was recorded, and what the transaction saw.
  /// - Throws: `GatewayError.locked`, `.commitUnknown`, `.readOnlyServer`, `.badRows`; `PostgresError`.
  public func record(_ run: TrainingRun, _ terms: PromotionTerms) throws -> Recording {
    var backoff = settings.backoff
    var (attempt, repetitions) = (0, 0)
    while true {
      attempt += 1
      var transaction = LedgerTransaction(self, run, terms, attempt: attempt)
      do {
        return try transaction.record()
      } catch let wait as LedgerTransaction.LockWait {
        guard backoff.pause({ logger.notice("\(wait.lock.description); trying again in \($0) ms") }) else {
          throw GatewayError.locked(wait.lock.description, holders: holders(of: wait.lock))
        }
      } catch let error as PostgresError {
        if error.kind == .commitUnknown || error.sqlState == "23505" {
          if let recording = try lookUp(transaction) { return recording }
        } else if error.sqlState == "25006" {
          throw GatewayError.readOnlyServer
        } else if error.sqlState != "40001", error.sqlState != "40P01" {
          throw error
        }
        repetitions += 1
        guard repetitions < Ledger.attempts,
          backoff.pause({ logger.notice("the ledger's transaction is repeated in \($0) ms: \(error)") })
        else { throw error.asNotCommitted() }
      }
    }
  }

  /// Looks for the run after a lost answer; nil if it is not recorded, and so may be tried again.
  private func lookUp(_ transaction: LedgerTransaction) throws -> Recording? {
    var backoff = Backoff(within: max(settings.retrySeconds, Ledger.leastLooking), unless: settings.isStopped)
    while true {
      do {
        let connection = try Connection(settings, logger: logger)
        if let answer = try connection.session("BEGIN READ ONLY", { try transaction.lookUp($0) }) {
          return answer.value
        }
      } catch {
        logger.notice("looking for the run failed: \(error)")
      }
      guard backoff.pause({ logger.notice("looking for the run again in \($0) ms") }) else {
        throw GatewayError.commitUnknown(run: transaction.run.id)
      }
    }
  }

  /// Who holds a lock that was waited for, in words; empty where that cannot be found out.
  private func holders(of lock: LedgerTransaction.Lock) -> [String] {
    do {
      let connection = try Connection(settings, logger: logger)
      return try connection.session("BEGIN READ ONLY") { connection in try lock.holders(connection, self) }
    } catch {
      logger.notice("who holds the lock cannot be found out: \(error)")
      return []
    }
  }
}
