public import Outcomes
public import Policies
internal import Replay
public import Reports

/// The A/A test: how often the gate would promote a candidate that cannot be better.
///
/// In each draw the models, with their propensities, are dealt anew among the rows of each cell, apart for training and
/// holdout. What came of a call then has nothing to do with who was called, so all models in a cell are alike; busy
/// agents, drift, costs and scores stay what they are in the log (a randomisation test: Fisher 1935).
public struct SelfTest {
  private let training: [Outcome]
  private let holdout: [Outcome]
  private let directory: CellDirectory
  private let survey: Survey
  private let catalog: Catalog
  private let settings: Settings
  private let incumbent: Policy

  /// Reads the rows of a source into memory, for they must be dealt many times.
  /// - Throws: what the source throws.
  public init<Source: OutcomeSource & ~Copyable>(
    _ source: inout Source, survey: Survey, catalog: Catalog, settings: Settings, incumbent: Policy
  ) throws {
    var training: [Outcome] = []
    try source.readTraining { outcome, _ in training.append(outcome) }
    var holdout: [Outcome] = []
    try source.readHoldout { outcome, _ in holdout.append(outcome) }
    self.training = training
    self.holdout = holdout
    directory = source.directory
    self.survey = survey
    self.catalog = catalog
    self.settings = settings
    self.incumbent = incumbent
  }

  /// Draws null candidates. The same seed draws the same ones.
  /// - Throws: `LinUCBError`.
  public func run(draws: Int, seed: UInt64) throws -> SelfTestReport {
    var generator = SeededGenerator(seed: seed)
    let trainingCells = SelfTest.rowsByCell(training, cells: directory.count)
    let holdoutCells = SelfTest.rowsByCell(holdout, cells: directory.count)
    var promoted = 0
    var evident = 0
    var failures: [String: Int] = [:]
    for _ in 0..<draws {
      var source = RecordedOutcomes(
        directory: directory, training: SelfTest.dealt(training, trainingCells, &generator)[...],
        holdout: SelfTest.dealt(holdout, holdoutCells, &generator)[...])
      let gate = try gate(&source)
      if gate.improvement.isNoWorse && gate.improvement.isBetter { evident += 1 }
      let failure = gate.checks().first { !$0.passed && $0.name != "source" }
      if let failure { failures[failure.name, default: 0] += 1 } else { promoted += 1 }
    }
    return SelfTestReport(
      draws: draws, seed: seed, promoted: promoted, shownBetter: evident, firstFailures: failures,
      training: training.count, holdout: holdout.count)
  }

  private func gate(_ source: inout RecordedOutcomes) throws -> Gate {
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent)
    let replayer = try learning.replay(
      from: &source, statistics: statistics, catalog: catalog, settings: settings, incumbent: incumbent,
      sampling: SamplingWeights(strata: survey.strata))
    return try learning.gate(
      replayer, survey: survey, cells: directory.cells, catalog: catalog, settings: settings, incumbent: incumbent,
      servingBar: nil)
  }

  private static func rowsByCell(_ outcomes: [Outcome], cells: Int) -> [[Int]] {
    var rows = [[Int]](repeating: [], count: cells)
    for (row, outcome) in outcomes.enumerated() { rows[outcome.cell].append(row) }
    return rows
  }

  /// The rows with the models and propensities of each cell in another order.
  private static func dealt(
    _ outcomes: [Outcome], _ cells: [[Int]], _ generator: inout SeededGenerator
  ) -> [Outcome] {
    var result = outcomes
    for rows in cells {
      for (row, other) in zip(rows, rows.shuffled(using: &generator)) {
        result[row].arm = outcomes[other].arm
        result[row].propensity = outcomes[other].propensity
      }
    }
    return result
  }
}
