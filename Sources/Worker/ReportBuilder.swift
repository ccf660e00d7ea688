internal import FoundationEssentials
internal import LinUCB
internal import LinearAlgebra
internal import Outcomes
internal import Policies
internal import Replay
internal import Reports

/// Puts a run's parts into its report.
struct ReportBuilder {
  /// Who a run was and what it came to.
  struct Identity {
    let runId: String
    let cadence: String
    let dryRun: Bool
    let verdict: RunReport.Verdict
    let would: RunReport.Verdict?
    let promoted: Bool
    let reason: String
    let policyVersionFrom: String
    let policyVersionTo: String
    let rulesetHash: String
  }

  private static let shownCells = 10

  let rule: DecisionRule
  let survey: Survey
  let learning: Learning
  let catalog: Catalog
  let incumbent: Policy

  func report(
    _ identity: Identity, checks: [GateCheck], replay: ReplayReport, figures: RunFigures, artifact: String?,
    timings: [String: Double]
  ) -> RunReport {
    var report = RunReport(
      runId: identity.runId, cadence: identity.cadence, dryRun: identity.dryRun, verdict: identity.verdict,
      promoted: identity.promoted, reason: identity.reason, policyVersionFrom: identity.policyVersionFrom,
      policyVersionTo: identity.policyVersionTo, outcomes: outcomes, checks: checks, replay: replay,
      changedCells: changedCells, rulesetHash: identity.rulesetHash, blas: OpenBLAS.configuration, artifact: artifact,
      timingsMs: timings, peakResidentBytes: ReportBuilder.peakResidentBytes)
    report.would = identity.would
    report.served = replay.served
    report.figures = figures
    report.fit = RunReport.Fit(
      ridgeCell: learning.ridge.cell, ridgeTenant: learning.ridge.tenant,
      residualStandardDeviation: Dictionary(
        zip(catalog.models.map(\.slug), learning.table.residualStandardDeviations),
        uniquingKeysWith: { first, _ in first }))
    return report
  }

  private var outcomes: RunReport.Outcomes {
    RunReport.Outcomes(
      window: [survey.window.lowerBound, survey.window.upperBound], cut: survey.cut, eligible: survey.eligible,
      training: survey.training, holdout: survey.holdout, knownWithoutJudge: survey.failures,
      funnel: [RunReport.FunnelCount(step: "window", rows: survey.total)]
        + FunnelStep.allCases.map { RunReport.FunnelCount(step: $0.name, rows: survey.dropped[$0] ?? 0) })
  }

  /// The cells whose pick changed, by how much the learned quality of the pick changed over their training rows.
  private var changedCells: [RunReport.ChangedCell] {
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

  /// From /proc, for `getrusage` counts what the process was before it became this program; 0 where there is no /proc.
  private static var peakResidentBytes: Int {
    let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}
