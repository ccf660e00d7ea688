internal import Glibc
public import Logging
internal import Outcomes
internal import Policies
public import Postgres
internal import Replay

/// The ledger of runs: who serves now, and the one transaction that records a run and moves every tenant.
public struct Ledger: Sendable {
  /// The key of the advisory lock, `labs` in ASCII.
  private static let lockKey = 0x6c61_6273
  /// The key of the lock that a run holds while it reads, `labr` in ASCII.
  static let runLockKey = 0x6c61_6272
  private static let attempts = 3
  private static let looks = 10

  /// What a transaction saw under the lock.
  private struct Seen {
    /// Its identifier, by which a lost answer can be asked for.
    var transaction: String?
    /// The version that served.
    var serving: String?
  }

  let schema: GatewaySchema
  private let settings: ConnectionSettings
  private let logger: Logger

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

  /// A policy of the ledger's table.
  /// - Throws: `GatewayError.unreadableIncumbent`.
  func policy(
    _ perCell: String?, exploration: String?, run: String?, catalog: Catalog, rule: DecisionRule, otherwise: Double
  ) throws(GatewayError) -> Policy {
    do {
      return try Policy(
        perCell: Array((perCell ?? "").utf8), exploration: exploration.flatMap { Double($0) } ?? otherwise,
        catalog: catalog, rule: rule)
    } catch {
      throw .unreadableIncumbent(run: run ?? "", reason: "\(error)")
    }
  }

  /// The version that serves now; nil before any was promoted.
  private func servingVersion(_ connection: borrowing Connection) throws(PostgresError) -> String? {
    try connection.query(
      "SELECT policy_version_to::text FROM \(table("training_runs")) WHERE promoted "
        + "ORDER BY run_at DESC, id DESC LIMIT 1"
    ).scalar
  }

  /// Records a run, and if it is promoted moves every tenant to its version, in one transaction.
  ///
  /// If another hand has promoted since the incumbent was replayed, or the move reaches no tenant although there are
  /// some, the run is recorded as a hold. A serialization failure or a deadlock repeats the transaction, at most three
  /// times. A connection lost at COMMIT is resolved by looking the run's identifier up.
  /// - Parameter replayed: the version that the run replayed as its incumbent; nil for the untrained policy.
  /// - Returns: the run as it was recorded, and the version that served until then.
  /// - Throws: `GatewayError.busy`, `.commitUnknown`, `.readOnlyServer`; `PostgresError`.
  public func record(_ run: TrainingRun, replayed: String?) throws -> Recording {
    var attempt = 1
    var seen = Seen()
    while true {
      do {
        let recorded = try recordOnce(run, replayed: replayed, seen: &seen)
        return Recording(run: recorded, serving: seen.serving)
      } catch let error as PostgresError {
        if error.kind == .commitUnknown {
          if let recorded = try lookUp(run, seen.transaction) {
            return Recording(run: recorded, serving: seen.serving)
          }
        } else if error.sqlState == "23505", let recorded = try lookUp(run, nil) {
          return Recording(run: recorded, serving: seen.serving)
        } else if error.sqlState == "25006" {
          throw GatewayError.readOnlyServer
        } else if error.sqlState == "55P03" {
          throw GatewayError.busy
        } else if error.sqlState != "40001", error.sqlState != "40P01" {
          throw error
        }
        guard attempt < Ledger.attempts else { throw error }
        logger.notice("the ledger's transaction is repeated: \(error)")
        // By chance, so that two that met do not meet again.
        usleep(UInt32.random(in: 20_000...200_000))
        attempt += 1
      }
    }
  }

  /// A promotion that reaches no tenant is rolled back to the savepoint before it.
  /// - Parameter seen: set to what the transaction saw, which outlives a lost answer.
  private func recordOnce(
    _ run: TrainingRun, replayed: String?, seen: inout Seen
  ) throws -> TrainingRun {
    let connection = try Connection.open(settings, logger: logger)
    return try connection.transaction { connection in
      try Session.prepare(connection)
      try connection.query("SELECT pg_advisory_xact_lock(\(Ledger.lockKey))")
      seen.transaction = try connection.query("SELECT pg_current_xact_id()::text").scalar
      seen.serving = try servingVersion(connection)
      guard run.promoted else {
        try insert(connection, run)
        return run
      }
      guard seen.serving == replayed else {
        let check = Gate.incumbentCheck(replayed: replayed ?? "none", now: seen.serving ?? "none")
        return try hold(connection, run, because: check.reason)
      }
      try connection.query("SAVEPOINT promotion")
      try insert(connection, run)
      let moved = try moveTenants(connection, to: run.versionTo)
      let expected = moved > 0 ? moved : try estimatedTenants(connection)
      guard moved > 0 || expected == 0 else {
        try connection.query("ROLLBACK TO SAVEPOINT promotion")
        return try hold(connection, run, because: "the version reached none of about \(expected) tenants")
      }
      logger.info("moved \(moved) tenants to \(run.versionTo)")
      return run
    }
  }

  private func hold(
    _ connection: borrowing Connection, _ run: TrainingRun, because reason: String
  ) throws -> TrainingRun {
    let held = run.held(because: reason)
    try insert(connection, held)
    return held
  }

  private func insert(_ connection: borrowing Connection, _ run: TrainingRun) throws(PostgresError) {
    var columns = [
      "id", "run_at", "cadence", "judge_model", "outcomes_judged", "policy_version_from", "policy_version_to",
      "promoted", "promote_reason", "replay_gate_passed", "per_cell", "delta_done_rate", "delta_cost_usd",
      "exploration_floor", "ruleset_hash",
    ]
    var values: [String?] = [
      run.id, run.cadence, run.judgeModel, String(run.outcomesJudged), run.versionFrom, run.versionTo,
      String(run.promoted), run.reason, String(run.gatePassed), String(decoding: run.perCell, as: UTF8.self),
      run.doneLift.map { "\($0)" }, run.costLift.map { "\($0)" }, "\(run.exploration)", run.rulesetHash,
    ]
    if schema.hasEvaluation {
      columns.append("evaluation")
      values.append(String(decoding: run.evaluation, as: UTF8.self))
    }
    let placeholders = values.indices.map { "$\($0 + 1)" }
    // The clock and not the start of the transaction, for runs that waited for the lock come after the one that held it.
    let list = ([placeholders[0], "clock_timestamp()"] + placeholders.dropFirst()).joined(separator: ", ")
    try connection.query(
      "INSERT INTO \(table("training_runs")) (\(columns.joined(separator: ", "))) VALUES (\(list))", values)
  }

  /// The version is a literal: the role may not read a column of this table, so neither WHERE nor RETURNING.
  private func moveTenants(_ connection: borrowing Connection, to version: String) throws(PostgresError) -> Int {
    try connection.query(
      "UPDATE \(table("tenant_routing_policies")) SET active_policy_version = \(SQLText.literal(version))"
    ).affectedRows
  }

  /// How many rows the statistics say the table has, for the role may not count them.
  private func estimatedTenants(_ connection: borrowing Connection) throws(PostgresError) -> Int {
    try connection.query(
      "SELECT greatest(c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid), 0) "
        + "FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass", [table("tenant_routing_policies")]
    ).scalar.flatMap { Int($0) } ?? 0
  }

  /// Looks for the run after a lost answer; nil if it is not recorded, and so may be tried again.
  private func lookUp(_ run: TrainingRun, _ transaction: String?) throws -> TrainingRun? {
    for attempt in 1...Ledger.looks {
      do throws(PostgresError) {
        let connection = try Connection(settings, logger: logger)
        if let transaction,
          try connection.query("SELECT pg_xact_status($1::xid8)", [transaction]).scalar == "in progress"
        {
          sleepBriefly(attempt)
          continue
        }
        let rows = try connection.query(
          "SELECT promoted, promote_reason::text FROM \(table("training_runs")) WHERE id::text = $1", [run.id]
        ).rows
        guard let row = rows.first else { return nil }
        return row[0] == "t" || !run.promoted ? run : run.held(because: row[1] ?? "")
      } catch {
        logger.notice("looking for the run failed: \(error)")
        sleepBriefly(attempt)
      }
    }
    throw GatewayError.commitUnknown(run: run.id)
  }

  private func sleepBriefly(_ attempt: Int) {
    // The ledger is synchronous from end to end, and there is nothing else to do meanwhile.
    usleep(UInt32(200_000 * attempt))
  }
}
