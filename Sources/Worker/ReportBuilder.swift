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
        zip(catalog.models.map(\.slug), learning.residualStandardDeviations),
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
    let (candidate, incumbent) = (learning.candidate, incumbent)
    var largest: [(size: Double, number: Int)] = []
    for (number, cell) in candidate.cells.enumerated() where candidate.count(at: number) > 0 {
      let new = candidate.decide(cell, catalog: catalog, rule: rule).arm
      let old = incumbent.decide(cell, catalog: catalog, rule: rule).arm
      guard new != old else { continue }
      let quality = candidate.serve(cell, catalog: catalog, rule: rule).quality
      let change = abs((new.map { quality[$0] } ?? 0) - (old.map { quality[$0] } ?? 0))
      largest.append((Double(candidate.count(at: number)) * change, number))
    }
    return largest.sorted { ($1.size, $0.number) < ($0.size, $1.number) }.prefix(ReportBuilder.shownCells).map {
      changedCell($0.number)
    }
  }

  private func changedCell(_ number: Int) -> RunReport.ChangedCell {
    let cell = learning.candidate.cells[number]
    let new = learning.candidate.serve(cell, catalog: catalog, rule: rule)
    let old = incumbent.decide(cell, catalog: catalog, rule: rule).arm
    return RunReport.ChangedCell(
      cell: cell.description, rows: learning.candidate.count(at: number), from: old.map { catalog.models[$0].slug },
      to: new.decision.arm.map { catalog.models[$0].slug }, qualityFrom: old.map { new.quality[$0] } ?? 0,
      qualityTo: new.decision.arm.map { new.quality[$0] } ?? 0)
  }

  /// From /proc, for `getrusage` counts what the process was before it became this program; 0 where there is no /proc.
  private static var peakResidentBytes: Int {
    let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}
