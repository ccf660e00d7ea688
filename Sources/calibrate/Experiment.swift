import Outcomes
import Policies
import Replay
import Simulation
import Worker

/// One night on a simulated log: learn on the older rows, replay on the newer ones.
struct Experiment {
  let world: World
  let learning: Learning
  let replayer: Replayer
  let survey: Survey

  static var settings: Settings {
    var settings = Settings()
    settings.thresholds.draws = 1000
    return settings
  }

  static var thresholds: GateThresholds { settings.thresholds }

  static let incumbent = Policy.untrained(exploration: 0.05)

  init(_ world: World, outcomes: ArraySlice<Outcome>) throws {
    var settings = Experiment.settings
    settings.floors = world.catalog.floors
    var source = Experiment.source(world, outcomes: outcomes)
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: world.catalog, settings: settings, incumbent: Experiment.incumbent)
    self.world = world
    self.learning = learning
    survey = Experiment.survey(source)
    replayer = try learning.replay(
      from: &source, statistics: statistics, catalog: world.catalog, settings: settings,
      incumbent: Experiment.incumbent)
  }

  /// Draws a log of its own.
  init(_ world: World, rows: Int, seed: UInt64) throws {
    try self.init(world, outcomes: Experiment.outcomes(world, rows: rows, seed: seed)[...])
  }

  /// Splits outcomes in the order of time, 30 % held out, in a directory that numbers cells as the world does.
  private static func source(_ world: World, outcomes: ArraySlice<Outcome>) -> RecordedOutcomes {
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    let cut = outcomes.startIndex + Int(Double(outcomes.count) * 0.7)
    return RecordedOutcomes(directory: directory, training: outcomes[..<cut], holdout: outcomes[cut...])
  }

  private static func survey(_ source: RecordedOutcomes) -> Survey {
    let rows = source.training.count + source.holdout.count
    return Survey(
      total: rows, dropped: [:], judges: ["judge-oak": rows], newJudges: [], sources: ["prod": rows],
      training: source.training.count, holdout: source.holdout.count, window: "0"..."1", cut: nil)
  }

  static func outcomes(_ world: World, rows: Int, seed: UInt64) -> [Outcome] {
    Log(world, rows: rows, seed: seed).compactMap { $0.outcome(in: world) }
  }

  /// The true values of the two policies.
  var truth: (candidate: Truth.Value, incumbent: Truth.Value) {
    let truth = world.truth
    let rule = DecisionRule.cheapestClearingFloor
    return (
      truth.value(of: learning.candidate, catalog: world.catalog, rule: rule),
      truth.value(of: Experiment.incumbent, catalog: world.catalog, rule: rule)
    )
  }

  /// The whole gate at this try, as a night that may serve.
  func gate(attempt: Int, thresholds: GateThresholds) throws -> Gate {
    Gate(
      GateEvidence(
        survey: survey, trainingLabels: learning.tally.labels, servingBar: nil, incumbentRuleset: nil, ruleset: "",
        allowsRulesetChange: false, replay: replayer.replay, propensities: replayer.propensities, cells: world.cells,
        candidate: learning.candidate, reloaded: try Policy(canonicalJSON: learning.artifact),
        incumbent: Experiment.incumbent, catalog: world.catalog, rule: .cheapestClearingFloor, attempt: attempt),
      thresholds: thresholds)
  }
}
