import Outcomes
import Policies
import Replay
import Simulation
import Worker

/// One night on a simulated log: learn on the older rows, replay on the newer ones, and ask the gate.
struct Experiment {
  /// The share of a log that is held out.
  static let holdoutShare = 0.3

  let world: World
  let learning: Learning
  let replayer: Replayer
  let incumbent: Policy
  let gate: Gate

  static var settings: Settings {
    var settings = Settings()
    settings.thresholds.draws = 1000
    return settings
  }

  static var thresholds: GateThresholds { settings.thresholds }

  static let untrained = Policy.untrained(exploration: 0.05)

  /// Learns and replays.
  /// - Parameters:
  ///   - standing: what a ledger would say.
  ///   - anchor: the policy that served some time ago.
  init(
    _ world: World, rows: ArraySlice<SimulatedOutcome>, incumbent: Policy = untrained,
    standing: LedgerStanding = LedgerStanding(), anchor: Policy? = nil, settings base: Settings = settings
  ) throws {
    var settings = base
    settings.floors = world.catalog.floors
    settings.defaultFloor = world.catalog.defaultFloor
    var log = StudyLog(world, rows: rows)
    let (learning, statistics) = try Learning.learn(
      from: &log.source, catalog: world.catalog, settings: settings, incumbent: incumbent,
      strata: log.survey.strata.training)
    let judged = try Judgement(
      learning: learning, catalog: world.catalog, settings: settings, incumbent: incumbent,
      anchor: anchor.map { ("the anchor", $0) }
    ).judge(&log.source, statistics: statistics, survey: log.survey, standing: standing)
    self.world = world
    self.learning = learning
    self.incumbent = incumbent
    replayer = judged.replayer
    gate = judged.gate
  }

  /// Draws a log of its own.
  init(_ world: World, rows: Int, seed: UInt64, settings: Settings = settings) throws {
    try self.init(world, rows: Experiment.log(world, rows: rows, seed: seed)[...], settings: settings)
  }

  static func log(_ world: World, rows: Int, seed: UInt64) -> [SimulatedOutcome] {
    Array(Log(world, rows: rows, seed: seed))
  }

  /// The first failure; nil where the candidate would be promoted.
  var failure: GateCheck? { gate.checks().firstFailure }

  /// The true value of what the candidate picks over what the incumbent picks, both with the candidate's exploration.
  var trueLift: Truth.Value { lift(of: learning.candidate) - lift(of: incumbent) }

  /// The true value of a policy's picks with the candidate's exploration.
  func lift(of policy: Policy) -> Truth.Value {
    let (catalog, candidate) = (world.catalog, learning.candidate)
    return world.truth.value(
      of: ComparedPolicy("") { cell in
        let pick = policy.serve(cell, catalog: catalog, rule: .cheapestClearingFloor).decision.arm
        return candidate.probabilities(of: cell, servedBy: pick, catalog: catalog)
      }, catalog: catalog)
  }
}

/// A simulated log as a source of outcomes, with its survey.
struct StudyLog {
  var source: RecordedOutcomes
  let survey: Survey

  /// Splits rows in the order of time, in a directory that numbers cells as the world does.
  init(_ world: World, rows: ArraySlice<SimulatedOutcome>) {
    let eligible = rows.filter { $0.outcome(in: world) != nil }
    let cut = Int(Double(eligible.count) * (1 - Experiment.holdoutShare))
    let holdout = eligible.count - cut
    let outcomes = eligible.enumerated().compactMap { place, row in
      row.outcome(in: world, period: place < cut ? 0 : HoldoutPeriod.period(of: place - cut, rows: holdout))
    }
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    source = RecordedOutcomes(directory: directory, training: outcomes[..<cut], holdout: outcomes[cut...])
    let first = eligible.indices.contains(cut) ? eligible[cut].second : .infinity
    survey = StudyLog.survey(world, rows, eligible: eligible, cut: cut, from: first)
  }

  private static func survey(
    _ world: World, _ rows: ArraySlice<SimulatedOutcome>, eligible: [SimulatedOutcome], cut: Int, from first: Double
  ) -> Survey {
    var survey = Survey(
      total: rows.count, dropped: [:], judges: [world.conditions.judge.name: eligible.count], newJudges: [],
      sources: ["prod": eligible.count], training: cut, holdout: eligible.count - cut, window: "0"..."1", cut: nil)
    survey.failures = eligible.count { !$0.succeeded }
    for row in rows where row.succeeded {
      let cell = world.cells[row.cell]
      let stratum = Stratum(task: cell.task, band: cell.band, model: world.catalog.models[row.arm].slug)
      let half = row.second < first ? \Survey.Strata.training : \.holdout
      survey.strata[keyPath: half][stratum, default: StratumCount(outcomes: 0, judged: 0)].outcomes += 1
      survey.strata[keyPath: half][stratum, default: StratumCount(outcomes: 0, judged: 0)].judged +=
        row.score == nil ? 0 : 1
    }
    if survey.strata.training.values.allSatisfy({ $0.outcomes == $0.judged }),
      survey.strata.holdout.values.allSatisfy({ $0.outcomes == $0.judged })
    {
      survey.strata = Survey.Strata()
    }
    var hours: [Int: Survey.Hour] = [:]
    for row in eligible {
      guard let score = row.score else { continue }
      let number = Int(row.second / 3600)
      var hour = hours[number] ?? Survey.Hour(number: number, start: "hour \(number)", judged: 0, lowest: 0)
      hour.judged += 1
      hour.lowest += score == 1 ? 1 : 0
      hours[number] = hour
    }
    survey.hours = hours.sorted { $0.key < $1.key }.map(\.value)
    return survey
  }
}
