internal import Gateway
internal import Reports

extension ReportBuilder.Identity {
  /// What the ledger's row says.
  init(_ run: TrainingRun, isDryRun: Bool, would: RunReport.Verdict?) {
    self.init(
      runId: run.id, cadence: run.cadence, dryRun: isDryRun, verdict: run.promoted ? .promote : .hold,
      would: would, promoted: run.promoted, reason: run.reason, policyVersionFrom: run.versionFrom,
      policyVersionTo: run.versionTo,
      rulesetHash: run.rulesetHash)
  }
}
