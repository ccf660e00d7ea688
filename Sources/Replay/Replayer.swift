public import Outcomes
public import Policies

/// Prepares each cell as it is met, settles each row's propensity, and feeds the paired replay.
public struct Replayer {
  private let catalog: Catalog
  private let rule: DecisionRule
  private let candidate: Policy
  private let incumbent: Policy
  private let tally: TrainingTally
  private let estimatedPropensity: (_ cell: Int, _ arm: Int) -> Double
  private var leastPropensity: [Double] = []
  /// The sums so far.
  public private(set) var replay: PairedReplay
  /// How the propensities were known so far.
  public private(set) var propensities = PropensityCounts()

  /// Makes a replayer of no rows.
  /// - Parameter estimatedPropensity: the smoothed share of an arm in a cell's training rows, for a row without a logged
  ///   propensity.
  public init(
    candidate: Policy, incumbent: Policy, catalog: Catalog, rule: DecisionRule, tally: TrainingTally,
    estimatedPropensity: @escaping (_ cell: Int, _ arm: Int) -> Double
  ) {
    self.candidate = candidate
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.tally = tally
    self.estimatedPropensity = estimatedPropensity
    replay = PairedReplay(arms: catalog.models.count)
  }

  /// Replays a row.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, directory: CellDirectory) {
    if outcome.cell >= replay.cells.count { prepare(directory) }
    let propensity = propensity(of: outcome)
    replay.add(outcome, propensity: propensity)
  }

  @inline(__always)
  private mutating func propensity(of outcome: Outcome) -> Double? {
    switch outcome.propensity {
    case .logged(let value):
      if value < leastPropensity[outcome.cell * catalog.models.count + outcome.arm] {
        propensities.belowLeast += 1
        return nil
      }
      propensities.logged += 1
      return value
    case .deterministic:
      propensities.deterministic += 1
      return 1
    case .unknown:
      propensities.estimated += 1
      return estimatedPropensity(outcome.cell, outcome.arm)
    case .invalid:
      propensities.invalid += 1
      return nil
    }
  }

  private mutating func prepare(_ directory: CellDirectory) {
    var expectations: [String: (done: [Double], cost: [Double])] = [:]
    for cell in directory.cells[replay.cells.count...] {
      let new = candidate.serve(cell, catalog: catalog, rule: rule)
      let old = incumbent.serve(cell, catalog: catalog, rule: rule)
      let expected = expectations[cell.task] ?? tally.expectations(task: cell.task)
      expectations[cell.task] = expected
      replay.append(
        ReplayCell(
          candidate: new.probabilities, incumbent: old.probabilities,
          expected: [new.quality, expected.done, expected.cost],
          isChanged: new.decision.arm != old.decision.arm, pick: new.decision.arm,
          doneVariance: doneVariance(cell.task, new.probabilities, old.probabilities, expected.done)))
      for arm in catalog.models.indices {
        leastPropensity.append(tally.leastPropensity(task: cell.task, arm: arm) ?? 0)
      }
    }
  }

  private func doneVariance(
    _ task: String, _ candidate: [Double], _ incumbent: [Double], _ done: [Double]
  ) -> Double {
    let inverses = tally.meanInversePropensities(task: task)
    return catalog.models.indices.reduce(0.0) { sum, arm in
      let difference = candidate[arm] - incumbent[arm]
      return sum + difference * difference * done[arm] * (1 - done[arm]) * inverses[arm]
    }
  }
}
