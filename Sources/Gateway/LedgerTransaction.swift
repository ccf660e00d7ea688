internal import Logging
internal import Outcomes
internal import Postgres
internal import Replay

/// One attempt at the transaction that records a run and moves every tenant.
///
/// It never waits for a lock for as long as it takes a server to look for a deadlock, nor keeps rows for as long while it
/// waits, so that in a deadlock it is never the gateway that is ended.
struct LedgerTransaction {
  let run: TrainingRun
  private let terms: PromotionTerms
  private let ledger: Ledger
  private let attempt: Int
  private var identifier: String?
  private var serving: String?
  private var checks: [GateCheck] = []
  private var tenantsMoved: Int?

  /// - Parameter attempt: the number of this attempt, from 1.
  init(_ ledger: Ledger, _ run: TrainingRun, _ terms: PromotionTerms, attempt: Int) {
    self.ledger = ledger
    self.run = run
    self.terms = terms
    self.attempt = attempt
  }

  /// What was done, as the caller is told it.
  private func recording(_ run: TrainingRun) -> Recording {
    Recording(run: run, serving: serving, checks: checks, tenantsMoved: run.promoted ? tenantsMoved : nil)
  }

  /// Records the run, on a connection of its own.
  /// - Throws: `LockWait`; `GatewayError`; `PostgresError`.
  mutating func record() throws -> Recording {
    let connection = try Connection.open(ledger.settings, logger: ledger.logger)
    return try connection.session { connection in
      let patience = try LedgerTransaction.patience(connection)
      try Session.limit(connection, lockWait: patience, statement: LedgerTransaction.longestStatement)
      try Lock.ledger.wait { try connection.query("SELECT pg_advisory_xact_lock(\(Ledger.lockKey))") }
      identifier = try connection.query("SELECT pg_current_xact_id()::text").scalar
      try checkInstants(connection)
      serving = try ledger.servingVersion(connection)
      guard run.promoted else {
        checks = [incumbent]
        return try insert(connection, run)
      }
      checks = [incumbent, try enrolment(connection)]
      if let failure = checks.firstFailure { return try insert(connection, run.held(because: failure.reason)) }
      return try promote(connection, patience: patience)
    }
  }

  private mutating func promote(_ connection: borrowing Connection, patience: Double) throws -> Recording {
    try connection.query("SAVEPOINT promotion")
    // Longer from attempt to attempt, for a statement may also be long because there are many tenants.
    let longest = patience * Double(1 << min(attempt, 10))
    try Session.limit(connection, lockWait: patience, statement: longest)
    let moved = try Lock.tenants.wait(isEnded: ledger.settings.isStopped) { try moveTenants(connection) }
    try Session.limit(connection, lockWait: patience, statement: LedgerTransaction.longestStatement)
    let reach = try TenantReach(moved: moved, connection, ledger).check(isFewerAllowed: terms.allowsFewerTenants)
    checks.append(reach)
    guard reach.passed else {
      try connection.query("ROLLBACK TO SAVEPOINT promotion")
      return try insert(connection, run.held(because: reach.reason))
    }
    tenantsMoved = moved
    ledger.logger.info("moved \(moved) tenants to \(run.versionTo)")
    return try insert(connection, run)
  }

  /// The version is a literal: the role may not read a column of this table, so neither WHERE nor RETURNING.
  private func moveTenants(_ connection: borrowing Connection) throws(PostgresError) -> Int {
    try connection.query(
      "UPDATE \(ledger.table("tenant_routing_policies")) SET active_policy_version = \(SQLText.literal(run.versionTo))"
    ).affectedRows
  }

  private var incumbent: GateCheck {
    let replayed = terms.replayed ?? run.versionFrom
    return Gate.incumbentCheck(replayed: replayed, now: serving ?? (terms.replayed == nil ? replayed : "none"))
  }

  /// Whether every model that would serve a cell may still be chosen: it can have been forbidden since the catalog was read.
  private func enrolment(_ connection: borrowing Connection) throws -> GateCheck {
    guard !terms.picks.isEmpty else { return Gate.enrolmentCheck(lost: []) }
    // NaN is above infinity to the server.
    func price(_ side: String) -> String {
      "m.price_\(side)_per_mtok_usd::float8 > 0 AND m.price_\(side)_per_mtok_usd::float8 < 'Infinity'"
    }
    let picks = terms.picks.map { SQLText.literal($0) }.joined(separator: ", ")
    let lost = try connection.query(
      "SELECT p.slug FROM unnest(ARRAY[\(picks)]::text[]) AS p (slug) WHERE NOT EXISTS ("
        + "SELECT FROM \(ledger.table("models")) m WHERE m.slug::text = p.slug AND coalesce(m.m_allowed, false) "
        + "AND m.q_prior::float8 BETWEEN 0 AND 1 AND \(price("in")) AND \(price("out"))) ORDER BY 1"
    ).rows.compactMap(\.[0])
    return Gate.enrolmentCheck(lost: lost)
  }

  /// Well before the last instant that the server knows.
  private static let lastInstant = "200000-01-01"

  /// Runs are ordered by their instants, and nothing comes after infinity or after none.
  private func checkInstants(_ connection: borrowing Connection) throws {
    let endless = try connection.query(
      "SELECT id::text, coalesce(run_at::text, 'NULL') FROM \(ledger.table("training_runs")) "
        + "WHERE run_at IS NULL OR run_at >= '\(LedgerTransaction.lastInstant)' LIMIT 1"
    ).rows.first
    if let endless {
      throw GatewayError.badRows(
        "run_at of training run \(endless[0] ?? "") is \(endless[1] ?? ""), so no run can come after it; correct it as the "
          + "owner")
    }
  }

  private func insert(_ connection: borrowing Connection, _ run: TrainingRun) throws -> Recording {
    var columns = [
      "id", "run_at", "cadence", "judge_model", "outcomes_judged", "policy_version_from", "policy_version_to",
      "promoted", "promote_reason", "replay_gate_passed", "per_cell", "delta_done_rate", "delta_cost_usd",
      "exploration_floor", "ruleset_hash",
    ]
    var values: [Parameter] = [
      .text(run.id), .text(run.cadence), .text(run.judgeModel), .text(String(run.outcomesJudged)),
      .text(run.versionFrom), .text(run.versionTo), .text(String(run.promoted)), .text(run.reason),
      .text(String(run.gatePassed)), .utf8(run.perCell), .text(run.doneLift.map { "\($0)" }),
      .text(run.costLift.map { "\($0)" }), .text("\(run.exploration)"), .text(run.rulesetHash),
    ]
    var placeholders = values.indices.map { "$\($0 + 1)" }
    if ledger.schema.hasEvaluation {
      columns.append("evaluation")
      values.append(.utf8(run.evaluation))
      values.append(.text(run.promoted ? tenantsMoved.map { "\($0)" } : nil))
      placeholders.append(
        "$\(values.count - 1)::jsonb || jsonb_strip_nulls(jsonb_build_object('\(TenantReach.key)', $\(values.count)::bigint))"
      )
    }
    if ledger.schema.hasPolicy, let policy = run.policy {
      columns.append("policy")
      values.append(.binary(policy))
      placeholders.append("$\(values.count)")
    }
    placeholders.insert(runInstant, at: 1)
    let rows = try Lock.runs.wait {
      try connection.query(
        "INSERT INTO \(ledger.table("training_runs")) AS r (\(columns.joined(separator: ", "))) "
          + "VALUES (\(placeholders.joined(separator: ", "))) RETURNING \(isAsWritten), \(isLast)", parameters: values
      ).rows
    }
    guard let row = rows.first else {
      throw GatewayError.schema(["training_runs took no row; look at the triggers and rules that `doctor` names"])
    }
    guard row[0] == "t" else {
      throw GatewayError.schema([
        "training_runs keeps another row than the run wrote; look at the triggers and rules that `doctor` names"
      ])
    }
    guard row[1] == "t" else {
      throw GatewayError.schema(["column training_runs.run_at does not keep microseconds, so runs cannot be told apart"]
      )
    }
    return recording(run)
  }

  /// Whether the row that stands in the ledger says what the run wrote, by the numbers of the parameters.
  private var isAsWritten: String {
    "r.id = $1 AND r.policy_version_to = $6 AND r.promoted = $7 AND r.per_cell::jsonb = $10::jsonb"
  }

  /// Whether the row comes after every other one.
  private var isLast: String {
    "r.run_at > coalesce((SELECT max(o.run_at) FROM \(ledger.table("training_runs")) o WHERE o.id <> r.id), '-infinity')"
  }

  /// The clock and not the start of the transaction, for runs that waited for the lock come after the one that held it; and
  /// after every other run, for a clock may step back.
  private var runInstant: String {
    "greatest(clock_timestamp(), "
      + "(SELECT max(run_at)::timestamptz + interval '1 microsecond' FROM \(ledger.table("training_runs"))))"
  }

  /// What a lost answer is known to mean.
  struct Answer {
    /// What was recorded; nil where nothing was.
    let value: Recording?
  }

  /// Asks what became of this transaction; nil while that is not known yet.
  /// - Throws: `PostgresError`.
  func lookUp(_ connection: borrowing Connection) throws(PostgresError) -> Answer? {
    if let identifier,
      try connection.query("SELECT pg_xact_status($1::xid8)", [identifier]).scalar == "in progress"
    {
      return nil
    }
    let rows = try connection.query(
      "SELECT promoted, promote_reason::text FROM \(ledger.table("training_runs")) WHERE id::text = $1", [run.id]
    ).rows
    guard let row = rows.first else { return Answer(value: nil) }
    return Answer(value: recording(row[0] == "t" || !run.promoted ? run : run.held(because: row[1] ?? "")))
  }
}
