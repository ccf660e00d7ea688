internal import Gateway

extension ReportBuilder.Identity {
  /// What the ledger's row says.
  init(_ run: TrainingRun, isDryRun: Bool) {
    self.init(
      runId: run.id, cadence: run.cadence, dryRun: isDryRun, verdict: run.promoted ? "promote" : "hold",
      promoted: run.promoted, reason: run.reason, policyVersionFrom: run.versionFrom, policyVersionTo: run.versionTo,
      rulesetHash: run.rulesetHash)
  }
}
