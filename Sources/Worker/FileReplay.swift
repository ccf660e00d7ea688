internal import Foundation
public import Outcomes
public import Policies
internal import Replay
public import Reports

/// The same fit and gate on a dataset in files, without a database; nothing is ever served.
public struct FileReplay {
  private let outcomes: DatasetFile.Outcomes
  private let catalog: Catalog
  private let incumbent: Policy
  private let settings: Settings

  /// Prepares a replay.
  /// - Parameters:
  ///   - incumbent: the policy to compare with.
  public init(outcomes: DatasetFile.Outcomes, catalog: Catalog, incumbent: Policy, settings: Settings) {
    self.outcomes = outcomes
    self.catalog = catalog
    self.incumbent = incumbent
    self.settings = settings
  }

  /// Learns on the older rows and replays on the newer ones. The verdict is that of all checks but `source` and
  /// `cadence`, which tell whether a policy may serve.
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
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent)
    timer.mark("training")
    let replayer = try learning.replay(
      from: &source, statistics: statistics, catalog: catalog, settings: settings, incumbent: incumbent,
      sampling: SamplingWeights(strata: source.survey.strata))
    timer.mark("holdout")
    let gate = try learning.gate(
      replayer, survey: source.survey, cells: source.directory.cells, catalog: catalog, settings: settings,
      incumbent: incumbent, servingBar: "a replay of files")
    let checks = gate.checks()
    timer.mark("gate")
    let failure = checks.first { !$0.passed && !["source", "cadence"].contains($0.name) }
    let before = PolicyVersion.untrained(hash: incumbent.hash)
    let builder = ReportBuilder(
      rule: settings.learner.rule, survey: source.survey, learning: learning, catalog: catalog, incumbent: incumbent)
    let report = builder.report(
      ReportBuilder.Identity(
        runId: UUID().uuidString.lowercased(), cadence: "replay", dryRun: true,
        verdict: failure == nil ? "promote" : "hold", promoted: false, reason: failure?.reason ?? gate.summary,
        policyVersionFrom: before.description,
        policyVersionTo: before.next(.table, hash: Policy.shortHash(learning.artifact)).description,
        rulesetHash: settings.rulesetHash),
      checks: checks, replay: ReplayReport(replayer, lifts: gate.lifts), artifact: nil, timings: timer.milliseconds)
    return (report, learning.candidate, source.skipped)
  }
}
