public import Outcomes
public import Policies
internal import Replay
public import Reports

/// The A/A test: how often the gate would promote a candidate that cannot be better.
///
/// In each draw the models, with their propensities, are assigned again at random among the rows of each cell, apart for
/// training and holdout. What came of a call then has nothing to do with who was called, so all models in a cell are alike;
/// busy agents, drift, costs and scores stay what they are in the log (a randomisation test: Fisher 1935).
public struct SelfTest {
  /// A setting that may help where the gate promotes too often.
  private struct Remedy: Sendable {
    let text: String
    let change: @Sendable (inout GateThresholds) -> Void
  }

  private static let remedies = [
    Remedy(text: "evidence: both") { $0.evidence = .both },
    Remedy(text: "min_effective_sample_size: 200") { $0.minimumEffectiveSampleSize = 200 },
    Remedy(text: "min_effective_sample_size: 400") { $0.minimumEffectiveSampleSize = 400 },
    Remedy(text: "strict: true") { $0.strict = true },
  ]

  private let training: [Outcome]
  private let holdout: [Outcome]
  private let directory: CellDirectory
  private let survey: Survey
  private let catalog: Catalog
  private let settings: Settings
  private let incumbent: Policy
  private let strata: [Stratum: StratumCount]
  private let sampling: SamplingWeights

  /// Reads the rows of a source into memory, for they are assigned many times.
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
    let models = catalog.models.map(\.slug)
    strata = NullSampling.pooled(survey.strata.training, models: models)
    sampling = NullSampling.weights(
      survey.strata.holdout, rows: holdout, cells: source.directory.cells, models: models)
  }

  /// Draws null candidates, and where the gate promotes too many of them tries what would help on the same candidates. The
  /// same seed draws the same ones.
  /// - Throws: `LinUCBError`.
  public func run(draws: Int, seed: UInt64) throws -> SelfTestReport {
    var report = try count(draws: draws, seed: seed, thresholds: settings.thresholds)
    guard report.isTooHigh else { return report }
    var tried: [SelfTestReport.Advice] = []
    for remedy in SelfTest.remedies {
      var thresholds = settings.thresholds
      remedy.change(&thresholds)
      guard thresholds != settings.thresholds else { continue }
      let other = try count(draws: draws, seed: seed, thresholds: thresholds)
      tried.append(SelfTestReport.Advice(setting: remedy.text, promoted: other.promoted))
      if !other.isTooHigh { break }
    }
    report.advise(tried)
    return report
  }

  private func count(draws: Int, seed: UInt64, thresholds: GateThresholds) throws -> SelfTestReport {
    var generator = SeededGenerator(seed: seed)
    let trainingCells = SelfTest.rowsByCell(training, cells: directory.count)
    let holdoutCells = SelfTest.rowsByCell(holdout, cells: directory.count)
    var promoted = 0
    var evident = 0
    var failures: [String: Int] = [:]
    for _ in 0..<draws {
      var source = RecordedOutcomes(
        directory: directory, training: SelfTest.reassigned(training, trainingCells, &generator)[...],
        holdout: SelfTest.reassigned(holdout, holdoutCells, &generator)[...])
      let gate = try gate(&source, thresholds: thresholds)
      if gate.improvement.isNoWorse && gate.improvement.isBetter { evident += 1 }
      let failure = gate.checks().filter { $0.name != .source }.firstFailure
      if let failure { failures[failure.name.rawValue, default: 0] += 1 } else { promoted += 1 }
    }
    return SelfTestReport(
      draws: draws, seed: seed, promoted: promoted, shownBetter: evident, firstFailures: failures,
      training: training.count, holdout: holdout.count)
  }

  private func gate(_ source: inout RecordedOutcomes, thresholds: GateThresholds) throws -> Gate {
    var settings = settings
    settings.thresholds = thresholds
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent, strata: strata)
    return try Judgement(learning: learning, catalog: catalog, settings: settings, incumbent: incumbent).judge(
      &source, statistics: statistics, survey: survey, standing: LedgerStanding(), sampling: sampling
    ).gate
  }

  private static func rowsByCell(_ outcomes: [Outcome], cells: Int) -> [[Int]] {
    var rows = [[Int]](repeating: [], count: cells)
    for (row, outcome) in outcomes.enumerated() { rows[outcome.cell].append(row) }
    return rows
  }

  /// The rows with the models and propensities of each cell in another order.
  private static func reassigned(
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

/// The sampling of the judge in a log whose models were assigned again: it may depend on task and band and on whether a call
/// failed, and on the model only by how many rows it has, for else a model whose answers were judged less often would look
/// better.
private enum NullSampling {
  private struct Context: Hashable {
    let task: String
    let band: String
  }

  private static func contexts(_ strata: [Stratum: StratumCount]) -> [Context: StratumCount] {
    strata.reduce(into: [:]) { result, entry in
      let context = Context(task: entry.key.task, band: entry.key.band)
      result[context, default: StratumCount(outcomes: 0, judged: 0)].outcomes += entry.value.outcomes
      result[context, default: StratumCount(outcomes: 0, judged: 0)].judged += entry.value.judged
    }
  }

  /// Every model with the counts of its task and band over all models.
  static func pooled(_ strata: [Stratum: StratumCount], models: [String]) -> [Stratum: StratumCount] {
    contexts(strata).reduce(into: [:]) { result, entry in
      for model in models {
        result[Stratum(task: entry.key.task, band: entry.key.band, model: model)] = entry.value
      }
    }
  }

  /// The weight of a judged and of a failed row: of its task and band, times what gives each model its share of the traffic.
  static func weights(
    _ strata: [Stratum: StratumCount], rows: [Outcome], cells: [Cell], models: [String]
  ) -> SamplingWeights {
    guard !strata.isEmpty else { return .even }
    var failures: [Stratum: Int] = [:]
    for row in rows where !row.succeeded {
      let cell = cells[row.cell]
      failures[Stratum(task: cell.task, band: cell.band, model: models[row.arm]), default: 0] += 1
    }
    let contexts = contexts(strata)
    var (judged, failed): ([Stratum: Double], [Stratum: Double]) = ([:], [:])
    for (stratum, count) in strata {
      let context = contexts[Context(task: stratum.task, band: stratum.band)] ?? count
      let inContext = models.reduce(0) {
        $0 + (failures[Stratum(task: stratum.task, band: stratum.band, model: $1)] ?? 0)
      }
      let own = failures[stratum] ?? 0
      guard context.judged > 0, count.judged + own > 0 else { continue }
      let mean = Double(context.outcomes + inContext) / Double(context.judged + inContext)
      let share = Double(count.outcomes + own) / Double(count.judged + own) / mean
      judged[stratum] = share * Double(context.outcomes) / Double(context.judged)
      failed[stratum] = share
    }
    return SamplingWeights(judged: judged, failed: failed)
  }
}
