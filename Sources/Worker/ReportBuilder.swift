internal import Gateway
internal import Glibc
internal import LinearAlgebra
internal import Outcomes
internal import Policies
internal import Replay
internal import Reports

/// Puts a run's parts into its report.
struct ReportBuilder {
  private static let shownCells = 10

  let request: TrainingRequest
  let survey: Survey
  let replay: ReplayReport
  let learning: Learning

  func report(
    _ run: TrainingRun, checks: [GateCheck], cells: [Cell], catalog: Catalog, incumbent: Policy, artifact: String?,
    timings: [String: Double]
  ) -> RunReport {
    RunReport(
      runId: run.id, cadence: run.cadence, dryRun: request.isDryRun, verdict: run.promoted ? "promote" : "hold",
      promoted: run.promoted, reason: run.reason, policyVersionFrom: run.versionFrom,
      policyVersionTo: run.versionTo, outcomes: outcomes, checks: checks,
      replay: replay,
      changedCells: changedCells(catalog, incumbent), rulesetHash: run.rulesetHash, blas: OpenBLAS.configuration,
      artifact: artifact, timingsMs: timings, peakResidentBytes: ReportBuilder.peakResidentBytes)
  }

  private var outcomes: RunReport.Outcomes {
    RunReport.Outcomes(
      window: [survey.window.lowerBound, survey.window.upperBound], cut: survey.cut, eligible: survey.eligible,
      training: survey.training, holdout: survey.holdout,
      funnel: [RunReport.FunnelCount(step: "window", rows: survey.total)]
        + FunnelStep.allCases.map { RunReport.FunnelCount(step: $0.name, rows: survey.dropped[$0] ?? 0) })
  }

  /// The cells whose pick changed, by how much the learned quality of the pick changed over their training rows.
  private func changedCells(_ catalog: Catalog, _ incumbent: Policy) -> [RunReport.ChangedCell] {
    let rule = request.settings.learner.rule
    let changed = learning.candidate.cells.enumerated().compactMap { number, cell -> RunReport.ChangedCell? in
      let rows = learning.candidate.rows[number].count
      guard rows > 0 else { return nil }
      let new = learning.candidate.serve(cell, catalog: catalog, rule: rule)
      let old = incumbent.serve(cell, catalog: catalog, rule: rule)
      guard new.decision.arm != old.decision.arm else { return nil }
      return RunReport.ChangedCell(
        cell: cell.description, rows: rows, from: old.decision.arm.map { catalog.models[$0].slug },
        to: new.decision.arm.map { catalog.models[$0].slug },
        qualityFrom: old.decision.arm.map { new.quality[$0] } ?? 0,
        qualityTo: new.decision.arm.map { new.quality[$0] } ?? 0)
    }
    func size(_ cell: RunReport.ChangedCell) -> Double { Double(cell.rows) * abs(cell.qualityTo - cell.qualityFrom) }
    return Array(changed.sorted { size($0) > size($1) }.prefix(ReportBuilder.shownCells))
  }

  private static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
