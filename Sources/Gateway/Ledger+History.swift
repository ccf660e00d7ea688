public import Postgres

extension Ledger {
  /// The newest runs, newest first.
  /// - Throws: `PostgresError`.
  public func entries(_ connection: borrowing Connection, limit: Int) throws(PostgresError) -> [LedgerEntry] {
    try connection.query(
      "SELECT \(LedgerEntry.columns) FROM \(table("training_runs")) ORDER BY run_at DESC, id DESC LIMIT \(limit)"
    ).rows.map { LedgerEntry(row: $0) }
  }

  /// The last run of a version, or of the version that serves, with its table as JSON.
  /// - Parameter isPromoted: whether only a promoted run counts.
  /// - Returns: nil where there is none.
  /// - Throws: `PostgresError`.
  public func run(
    _ connection: borrowing Connection, version: String?, isPromoted: Bool
  ) throws(PostgresError) -> (entry: LedgerEntry, perCell: String)? {
    let isWanted = version == nil ? "promoted" : "policy_version_to::text = $1" + (isPromoted ? " AND promoted" : "")
    let row = try connection.query(
      "SELECT \(LedgerEntry.columns), per_cell::text FROM \(table("training_runs")) WHERE \(isWanted) "
        + "ORDER BY promoted DESC, run_at DESC, id DESC LIMIT 1", version.map { [$0] } ?? []
    ).rows.first
    return row.map { (LedgerEntry(row: $0), $0.last.flatMap(\.self) ?? "{}") }
  }

  /// Moves every tenant back to a version that was once promoted: a run of its own, in the ledger's one transaction.
  /// - Parameters:
  ///   - runID: the identifier of the new run.
  ///   - serving: the version that serves, as the caller saw it; another by then is a hold.
  ///   - allowsFewerTenants: whether it may reach fewer tenants than the last promotion did.
  /// - Throws: as `record`.
  public func rollBack(
    to target: (entry: LedgerEntry, perCell: String), runID: String, serving: String, allowsFewerTenants: Bool
  ) throws -> Recording {
    let entry = target.entry
    return try record(
      TrainingRun(
        id: runID, cadence: "manual", judgeModel: entry.judgeModel, outcomesJudged: 0, versionFrom: serving,
        versionTo: entry.policyVersionTo, promoted: true, reason: Ledger.rollbackReason,
        gatePassed: entry.replayGatePassed,
        perCell: Array(target.perCell.utf8), doneLift: nil, costLift: nil, exploration: entry.explorationFloor,
        rulesetHash: entry.rulesetHash, evaluation: Array("{\"rollback_of\":\"\(entry.id)\"}".utf8)),
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
