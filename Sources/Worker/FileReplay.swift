internal import Foundation
public import Outcomes
public import Policies
internal import Replay
public import Reports
public import Simulation

/// The same fit and gate on a dataset in files, without a database; nothing is ever served.
public struct FileReplay {
  private let outcomes: DatasetFile.Outcomes
  private let catalog: Catalog
  private let incumbent: Policy
  private let settings: Settings
  private let comparison: Comparison

  /// Which policies are valued on the same rows, and what is true of them.
  public struct Comparison: Sendable {
    /// The policies.
    public var kinds: [PolicyKind] = []
    /// What is true of each cell, where it is known.
    public var truth: Truth?
    /// What the rule is worth that knows each answer before it is given, where it is known.
    public var oraclePerPrompt: Truth.Value?
    /// The model that agents call without a router; nil for the dearest.
    public var defaultModel: String?

    /// No other policy, and no truth.
    public init() {}
  }

  /// Prepares a replay.
  /// - Parameters:
  ///   - incumbent: the policy to compare with.
  public init(
    outcomes: DatasetFile.Outcomes, catalog: Catalog, incumbent: Policy, settings: Settings,
    comparison: Comparison = Comparison()
  ) {
    self.comparison = comparison
    self.outcomes = outcomes
    self.catalog = catalog
    self.incumbent = incumbent
    self.settings = settings
  }

  /// Learns on the older rows and replays on the newer ones. The verdict is that of all checks but `source`, which tells
  /// whether a policy may serve.
  /// - Returns: the report, the candidate, and why records were left out.
  /// - Throws: `RunFailure`.
  public func run() throws(RunFailure) -> (report: RunReport, candidate: Policy, skipped: [DatasetError]) {
    do {
      return try learnAndReplay()
    } catch let error as DatasetError {
      throw DatasetFile.failure(error, outcomes.path)
    } catch {
      throw RunFailure(error)
    }
  }

  private func learnAndReplay() throws -> (RunReport, Policy, [DatasetError]) {
    var timer = PhaseTimer()
    var source = try outcomes.open(catalog: catalog, selection: settings.selection)
    timer.mark("survey")
    let survey = source.survey
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent, strata: survey.strata.training)
    timer.mark("training")
    let baselines = BaselinePolicies(
      candidate: learning.candidate, incumbent: incumbent, catalog: catalog, rule: settings.learner.rule,
      tally: learning.tally, truth: comparison.truth, defaultModel: comparison.defaultModel)
    let others = comparison.kinds.compactMap(baselines.policy)
    let (replayer, gate, cells) = try Judgement(
      learning: learning, catalog: catalog, settings: settings, incumbent: incumbent
    ).judge(&source, statistics: statistics, survey: survey, standing: LedgerStanding(), others: others)
    timer.mark("holdout")
    let checks = gate.checks()
    timer.mark("gate")
    let verdict = Verdict(gate, checks, mayServe: true, ignoring: [.source])
    let before = PolicyVersion.untrained(hash: incumbent.hash)
    let builder = ReportBuilder(
      rule: settings.learner.rule, survey: survey, learning: learning, catalog: catalog, incumbent: incumbent)
    var report = builder.report(
      ReportBuilder.Identity(
        runId: UUID().uuidString.lowercased(), cadence: "replay", dryRun: true, verdict: verdict.name, would: nil,
        promoted: false, reason: verdict.reason, policyVersionFrom: before.description,
        policyVersionTo: before.next(.table, hash: learning.artifact.hash).description,
        rulesetHash: try settings.rulesetHash),
      checks: checks, replay: ReplayReport(replayer, gate: gate, versions: source.versions),
      figures: RunFigures(replayer.replay, cells: cells, catalog: catalog, costs: gate.costCounts), artifact: nil,
      timings: timer.milliseconds)
    report.truth = comparison.truth.map {
      TruthReport(
        $0, incumbent: incumbent, candidate: learning.candidate, catalog: catalog, rule: settings.learner.rule)
    }
    if !comparison.kinds.isEmpty { report.policies = policies(others, replayer, cells: cells) }
    return (report, learning.candidate, source.skipped)
  }

  private func policies(_ others: [ComparedPolicy], _ replayer: Replayer, cells: [Cell]) -> [PolicyReport] {
    var reports = zip(others, replayer.otherReplays).map { policy, replay in
      PolicyReport(
        policy.name, replay,
        absence: Overlap(replay, cells: cells, models: catalog.models.map(\.slug)).candidateAbsence,
        thresholds: settings.thresholds,
        truth: comparison.truth?.value(of: policy, catalog: catalog))
    }
    if comparison.kinds.contains(.oraclePerPrompt), let value = comparison.oraclePerPrompt {
      reports.append(PolicyReport(PolicyKind.oraclePerPrompt.rawValue, truth: value))
    }
    return reports
  }
}
