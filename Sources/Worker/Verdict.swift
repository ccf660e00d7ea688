internal import Gateway
internal import Outcomes
internal import Policies
internal import Replay
internal import Reports

/// What the gate's checks come to.
struct Verdict {
  private let checks: [GateCheck]
  private let firstFailure: GateCheck?
  private let gatePassed: Bool
  private let version: PolicyVersion
  private let baseVersion: PolicyVersion

  init(checks: [GateCheck], incumbent: Incumbent, learning: Learning, settings: Settings) {
    self.checks = checks
    firstFailure = checks.first { !$0.passed }
    gatePassed = checks.allSatisfy { $0.passed || $0.name == "cadence" }
    baseVersion =
      incumbent.version ?? PolicyVersion.untrained(hash: incumbent.policy.hash)
    version = baseVersion.next(
      Settings.change(from: incumbent.rulesetHash, to: settings.rulesetHash),
      hash: Policy.shortHash(learning.artifact))
  }

  /// The row of the ledger, before the incumbent is read again.
  func record(
    _ request: TrainingRequest, survey: Survey, gate: Gate, incumbent: Incumbent, learning: Learning,
    catalog: Catalog, replay: ReplayReport
  ) -> TrainingRun {
    let (done, cost) = (gate.lift(.done), gate.lift(.cost))
    return TrainingRun(
      id: request.runID, cadence: request.cadence.rawValue,
      judgeModel: survey.judges.keys.sorted().joined(separator: ","),
      outcomesJudged: survey.eligible, versionFrom: baseVersion.description, versionTo: version.description,
      promoted: firstFailure == nil, reason: firstFailure?.reason ?? gate.summary, gatePassed: gatePassed,
      perCell: learning.candidate.perCell(
        beside: incumbent.policy, catalog: catalog, minimumSupport: request.settings.learner.minimumSupport),
      doneLift: survey.holdout > 0 ? done.mean : nil, costLift: survey.holdout > 0 ? cost.mean : nil,
      exploration: request.settings.learner.exploration, rulesetHash: request.settings.rulesetHash,
      evaluation: Evaluation(
        alpha: gate.alpha, attempt: incumbent.triesSince + 1, checks: checks, replay: replay
      ).json)
  }

  /// The check that only the ledger could make, after it was made.
  func incumbentCheck(serving: String?) -> GateCheck {
    Gate.incumbentCheck(replayed: baseVersion.description, now: serving ?? baseVersion.description)
  }
}
