internal import Policies
public import Postgres

extension Ledger {
  /// The newest runs, newest first.
  /// - Throws: `PostgresError`.
  public func entries(_ connection: borrowing Connection, limit: Int) throws(PostgresError) -> [LedgerEntry] {
    try connection.query(
      "SELECT \(LedgerEntry.columns) FROM \(table("training_runs")) ORDER BY run_at DESC, id DESC LIMIT \(limit)"
    ).rows.map { LedgerEntry(row: $0) }
  }

  /// The last run of a version, or of the version that serves, without its table.
  /// - Parameter isPromoted: whether only a promoted run counts.
  /// - Returns: nil where there is none.
  /// - Throws: `PostgresError`.
  public func run(
    _ connection: borrowing Connection, version: String?, isPromoted: Bool
  ) throws(PostgresError) -> LedgerEntry? {
    let isWanted = version == nil ? "promoted" : "policy_version_to::text = $1" + (isPromoted ? " AND promoted" : "")
    return try connection.query(
      "SELECT \(LedgerEntry.columns) FROM \(table("training_runs")) WHERE \(isWanted) "
        + "ORDER BY promoted DESC, run_at DESC, id DESC LIMIT 1", version.map { [$0] } ?? []
    ).rows.first.map { LedgerEntry(row: $0) }
  }

  /// The versions that served within these days, the one that serves now among them, in a transaction of its own.
  /// - Throws: `PostgresError`.
  public func servedVersions(
    _ connection: borrowing Connection, days: Double
  ) throws -> Set<String> {
    let start = "now() - make_interval(secs => \(days * 86_400))"
    let promoted = "SELECT policy_version_to::text FROM \(table("training_runs")) WHERE promoted AND run_at"
    // What was promoted last before these days served when they began.
    let rows = try connection.session("BEGIN READ ONLY") { connection in
      try connection.query(
        "(\(promoted) > \(start)) UNION (\(promoted) <= \(start) ORDER BY run_at DESC, id DESC LIMIT 1)"
      ).rows
    }
    return Set(rows.compactMap { $0[0] })
  }

  /// Moves every tenant back to a version that was once promoted: a run of its own, in the ledger's one transaction.
  /// - Parameters:
  ///   - runID: the identifier of the new run.
  ///   - serving: the version that serves, as the caller saw it; another by then is a hold.
  ///   - allowsFewerTenants: whether it may reach fewer tenants than the last promotion did.
  /// - Throws: as `record`.
  public func rollBack(
    to target: LedgerPolicy, runID: String, serving: String, allowsFewerTenants: Bool
  ) throws -> Recording {
    let entry = target.entry
    return try record(
      TrainingRun(
        id: runID, cadence: "manual", judgeModel: entry.judgeModel, outcomesJudged: 0, versionFrom: serving,
        versionTo: entry.policyVersionTo, promoted: true, reason: Ledger.rollbackReason,
        gatePassed: entry.replayGatePassed,
        perCell: Array(target.perCell.utf8), doneLift: nil, costLift: nil, exploration: entry.explorationFloor,
        rulesetHash: entry.rulesetHash, evaluation: Array("{\"rollback_of\":\"\(entry.id)\"}".utf8),
        policy: schema.hasPolicy ? PolicyArtifact(target.policy).compressed : nil),
      PromotionTerms(replayed: serving, allowsFewerTenants: allowsFewerTenants))
  }

  /// Records that a person lets promotions go on after a rollback: a run of its own, which changes nothing else.
  /// - Parameters:
  ///   - serving: the run of the version that serves.
  ///   - runID: the identifier of the new run.
  /// - Throws: as `record`.
  public func resume(serving: LedgerEntry, runID: String) throws -> Recording {
    try record(
      TrainingRun(
        id: runID, cadence: "manual", judgeModel: serving.judgeModel, outcomesJudged: 0,
        versionFrom: serving.policyVersionTo, versionTo: serving.policyVersionTo, promoted: false,
        reason: Ledger.resumeReason, gatePassed: false, perCell: Array("{}".utf8), doneLift: nil, costLift: nil,
        exploration: serving.explorationFloor, rulesetHash: serving.rulesetHash,
        evaluation: Array("{\"evidence_looked_at\":false,\"resume\":true}".utf8)),
      PromotionTerms(replayed: nil))
  }
}
