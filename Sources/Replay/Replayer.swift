public import Outcomes
public import Policies

/// Prepares each cell as it is met, settles each row's propensity and weight, and feeds the paired replay.
public struct Replayer {
  /// What is known of a log before its holdout is read.
  public struct LogKnowledge {
    /// What the training rows showed.
    public var tally: TrainingTally
    /// The smoothed share of an arm in a cell's training rows.
    public var estimatedPropensity: (_ cell: Cell, _ arm: Int) -> Double
    /// The versions that made its deterministic decisions, where there are several.
    public var versions: VersionMixture?
    /// How many outcomes a judged row stands for.
    public var sampling: SamplingWeights

    /// Gathers what is known.
    public init(
      tally: TrainingTally, estimatedPropensity: @escaping (_ cell: Cell, _ arm: Int) -> Double,
      versions: VersionMixture? = nil, sampling: SamplingWeights = .even
    ) {
      self.tally = tally
      self.estimatedPropensity = estimatedPropensity
      self.versions = versions
      self.sampling = sampling
    }
  }

  private let catalog: Catalog
  private let rule: DecisionRule
  private let candidate: Policy
  private let incumbent: Policy
  private let log: LogKnowledge
  private let others: [ComparedPolicy]
  private var expectations: [String: TrainingTally.Expectations] = [:]
  private var ledger: PropensityLedger
  private var rowWeights: [Double] = []
  /// The sums so far.
  public private(set) var replay: PairedReplay
  /// The other policies on the same rows, each in the candidate's place.
  public private(set) var otherReplays: [PairedReplay]

  /// How the propensities were known so far.
  public var propensities: PropensityCounts { ledger.counts }

  /// How many outcomes a judged row stands for.
  public var sampling: SamplingWeights { log.sampling }

  /// Makes a replayer of no rows.
  /// - Parameter others: policies that are replayed on the same rows.
  public init(
    candidate: Policy, incumbent: Policy, catalog: Catalog, rule: DecisionRule, log: LogKnowledge,
    others: [ComparedPolicy] = []
  ) {
    self.candidate = candidate
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.log = log
    self.others = others
    otherReplays = others.map { _ in PairedReplay(arms: catalog.models.count) }
    ledger = PropensityLedger(arms: catalog.models.count)
    replay = PairedReplay(arms: catalog.models.count)
    replay = PairedReplay(arms: catalog.models.count, ranges: ranges())
  }

  /// Replays a row.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, directory: CellDirectory) {
    if outcome.cell >= replay.cells.count { prepare(directory) }
    let propensity = ledger.propensity(of: outcome)
    let weight = rowWeights[outcome.cell * catalog.models.count + outcome.arm]
    replay.add(outcome, propensity: propensity, rowWeight: weight)
    for other in otherReplays.indices {
      otherReplays[other].add(outcome, propensity: propensity, rowWeight: weight)
    }
  }

  /// What a row's lift can be: over every cell that either table names, for all others are served alike.
  private mutating func ranges() -> [Quantity: ClosedRange<Double>] {
    var reward = LiftRange()
    var done = LiftRange()
    for cell in Set(candidate.cells + incumbent.cells) {
      let (cell, propensities) = prepared(cell)
      let least = propensities.least
      reward.include(
        candidate: cell.candidate, incumbent: cell.incumbent, expected: cell.expected[0], leastPropensity: least)
      done.include(
        candidate: cell.candidate, incumbent: cell.incumbent, expected: cell.expected[1], leastPropensity: least)
    }
    let most = log.sampling.range.upperBound
    return [
      .reward: most * reward.least...most * reward.most, .done: most * done.least...most * done.most,
    ]
  }

  private mutating func prepare(_ directory: CellDirectory) {
    for cell in directory.cells[replay.cells.count...] {
      let (replayCell, propensities) = prepared(cell)
      replay.append(replayCell)
      for (number, other) in others.enumerated() {
        otherReplays[number].append(substituted(other.probabilities(cell), in: replayCell, of: cell))
      }
      ledger.append(propensities)
      rowWeights += catalog.models.map {
        log.sampling.weight(Stratum(task: cell.task, band: cell.band, model: $0.slug))
      }
    }
  }

  private mutating func prepared(_ cell: Cell) -> (cell: ReplayCell, propensities: CellPropensities) {
    let new = candidate.serve(cell, catalog: catalog, rule: rule)
    let old = incumbent.serve(cell, catalog: catalog, rule: rule)
    let expected = expectations[cell.task] ?? log.tally.expectations(task: cell.task)
    expectations[cell.task] = expected
    let propensities = propensities(in: cell)
    return (
      ReplayCell(
        candidate: new.probabilities, incumbent: old.probabilities,
        expected: [new.quality, expected.done, expected.cost],
        isChanged: new.decision.arm != old.decision.arm, pick: new.decision.arm,
        variances: variances(cell.task, new.probabilities, old.probabilities, expected),
        isReplayed: propensities.least.map(\.isFinite)),
      propensities
    )
  }

  /// The cell with another policy in the candidate's place.
  private func substituted(_ probabilities: [Double], in replayCell: ReplayCell, of cell: Cell) -> ReplayCell {
    var result = replayCell
    result.candidate = probabilities
    result.pick = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
    result.variances = expectations[cell.task].map {
      variances(cell.task, probabilities, replayCell.incumbent, $0)
    }
    return result
  }

  private func propensities(in cell: Cell) -> CellPropensities {
    let arms = catalog.models.indices
    return CellPropensities(
      leastLogged: arms.map { log.tally.leastPropensity(task: cell.task, arm: $0) ?? .infinity },
      estimated: arms.map { log.tally.hasUnknownPropensities ? log.estimatedPropensity(cell, $0) : 0 },
      versions: log.versions?.propensities(in: cell, catalog: catalog, rule: rule) ?? arms.map { _ in 0 })
  }

  private func variances(
    _ task: String, _ candidate: [Double], _ incumbent: [Double], _ expected: TrainingTally.Expectations
  ) -> [Double] {
    let inverses = log.tally.meanInversePropensities(task: task)
    return expected.variances.map { variances in
      catalog.models.indices.reduce(0.0) { sum, arm in
        let difference = candidate[arm] - incumbent[arm]
        return sum + difference * difference * variances[arm] * inverses[arm]
      }
    }
  }
}
