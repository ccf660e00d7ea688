public import Outcomes
public import Policies

/// Prepares each cell as it is met, settles each row's propensity and weight, and feeds the paired replay.
///
/// Both policies are replayed with the exploration that the candidate's table gives to their picks, so that the lift
/// compares picks and the share of exploration cancels.
public struct Replayer {
  /// What is known of a log before its holdout is read.
  public struct LogKnowledge {
    /// What the training rows showed.
    public var tally: OutcomeTally
    /// The estimated share of an arm in a cell's training rows.
    public var estimatedPropensity: (_ cell: Cell, _ arm: Int) -> Double
    /// How many outcomes a row of the holdout stands for.
    public var sampling: SamplingWeights

    /// Gathers what is known.
    public init(
      tally: OutcomeTally, estimatedPropensity: @escaping (_ cell: Cell, _ arm: Int) -> Double,
      sampling: SamplingWeights = .even
    ) {
      self.tally = tally
      self.estimatedPropensity = estimatedPropensity
      self.sampling = sampling
    }
  }

  /// The policies that are valued on the same rows beside candidate and incumbent.
  public struct Companions: Sendable {
    /// Policies that are replayed in full, each in the candidate's place.
    public var policies: [ComparedPolicy] = []
    /// Policies that the candidate alone is compared with, each in the incumbent's place.
    public var references: [ComparedPolicy] = []

    /// None.
    public init() {}
  }

  private let catalog: Catalog
  private let rule: DecisionRule
  private let candidate: Policy
  private let incumbent: Policy
  private let log: LogKnowledge
  private let companions: Companions
  private var resolver: PropensityResolver
  private var tasks: [String: TaskKnowledge] = [:]
  /// How many outcomes a row stands for, by cell and arm, of judged and of failed calls.
  private var rowWeights: (judged: SharedVectors, failed: SharedVectors)
  /// The sums so far.
  public private(set) var replay: PairedReplay
  /// The other policies on the same rows, each in the candidate's place.
  public private(set) var otherReplays: [PairedReplay]
  /// The candidate against each reference.
  public private(set) var comparisons: [PolicyComparison]
  /// The holdout by task and model.
  public private(set) var tally: OutcomeTally
  /// The newest sixth of the holdout by task and model.
  public private(set) var newest: OutcomeTally
  /// The outcomes of each policy version, by the number that outcomes have.
  public private(set) var versions: [VersionOutcomes] = []

  /// How the propensities were known so far.
  public var propensities: PropensityCounts { resolver.counts }

  /// How many outcomes a row stands for.
  public var sampling: SamplingWeights { log.sampling }

  /// What training showed.
  public var trainingTally: OutcomeTally { log.tally }

  /// Makes a replayer of no rows.
  public init(
    candidate: Policy, incumbent: Policy, catalog: Catalog, rule: DecisionRule, log: LogKnowledge,
    companions: Companions = Companions()
  ) {
    self.candidate = candidate
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.log = log
    self.companions = companions
    let arms = catalog.models.count
    otherReplays = companions.policies.map { _ in PairedReplay(arms: arms) }
    comparisons = companions.references.map { _ in PolicyComparison(arms: arms) }
    resolver = PropensityResolver(arms: arms)
    tally = OutcomeTally(arms: arms)
    newest = OutcomeTally(arms: arms)
    rowWeights = (SharedVectors(width: arms), SharedVectors(width: arms))
    replay = PairedReplay(arms: arms)
    replay = PairedReplay(arms: arms, ranges: ranges())
  }

  /// Replays a row.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, directory: CellDirectory) {
    if outcome.cell >= replay.cells.count { prepare(directory) }
    let propensity = resolver.propensity(of: outcome)
    let weight =
      outcome.succeeded
      ? rowWeights.judged[outcome.cell, outcome.arm] : rowWeights.failed[outcome.cell, outcome.arm]
    replay.add(outcome, propensity: propensity, rowWeight: weight)
    for other in otherReplays.indices {
      otherReplays[other].add(outcome, propensity: propensity, rowWeight: weight)
    }
    for other in comparisons.indices {
      comparisons[other].add(outcome, propensity: propensity, rowWeight: weight, in: replay)
    }
    tally.add(outcome, weight: weight, traffic: weight, directory: directory)
    if outcome.period >= HoldoutPeriod.newestSixth {
      newest.add(outcome, weight: weight, traffic: weight, directory: directory)
    }
    while versions.count <= outcome.version { versions.append(VersionOutcomes()) }
    versions[outcome.version].add(outcome, weight: weight)
  }

  /// What a row's lift can be: over every cell that either table names, for all others are served alike.
  private mutating func ranges() -> [Quantity: ClosedRange<Double>] {
    var reward = LiftRange()
    var done = LiftRange()
    for cell in candidate.cells + incumbent.cells.filter({ !candidate.contains($0) }) {
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
      for (number, other) in companions.policies.enumerated() {
        otherReplays[number].append(with(other.probabilities(cell), in: \.candidate, of: replayCell, cell))
      }
      for (number, other) in companions.references.enumerated() {
        comparisons[number].append(with(other.probabilities(cell), in: \.incumbent, of: replayCell, cell))
      }
      resolver.append(propensities)
      let strata = catalog.models.map { Stratum(task: cell.task, band: cell.band, model: $0.slug) }
      rowWeights.judged.append(strata.map { log.sampling.weight($0, succeeded: true) })
      rowWeights.failed.append(strata.map { log.sampling.weight($0, succeeded: false) })
    }
  }

  private mutating func prepared(_ cell: Cell) -> (cell: ReplayCell, propensities: CellPropensities) {
    let new = candidate.serve(cell, catalog: catalog, rule: rule)
    let old = incumbent.decide(cell, catalog: catalog, rule: rule).arm
    let oldProbabilities = candidate.probabilities(of: cell, servedBy: old, catalog: catalog)
    let task = knowledge(of: cell.task)
    let expected = task.expectations
    let isChanged = new.decision.arm != old
    let propensities = CellPropensities(
      leastLogged: task.leastLogged,
      estimated: catalog.models.indices.map {
        log.tally.hasUnknownPropensities ? log.estimatedPropensity(cell, $0) : 0
      },
      isChanged: isChanged)
    let isReplayed = propensities.least.map(\.isFinite)
    return (
      ReplayCell(
        candidate: new.probabilities, incumbent: oldProbabilities,
        expected: [new.quality, expected.done, expected.cost], isChanged: isChanged, pick: new.decision.arm,
        variances: variances(new.probabilities, oldProbabilities, task),
        isReplayed: isReplayed, expectedFailure: expected.failure,
        unseenErrors: unseenErrors(new.probabilities, oldProbabilities, expected, isReplayed: isReplayed)),
      propensities
    )
  }

  /// The cell with another policy in the candidate's or the incumbent's place.
  private func with(
    _ probabilities: [Double], in place: WritableKeyPath<ReplayCell, [Double]>, of replayCell: ReplayCell, _ cell: Cell
  ) -> ReplayCell {
    var result = replayCell
    result[keyPath: place] = probabilities
    if place == \ReplayCell.candidate {
      result.pick = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
    }
    if let task = tasks[cell.task] {
      result.variances = variances(result.candidate, result.incumbent, task)
      result.unseenErrors = unseenErrors(
        result.candidate, result.incumbent, task.expectations, isReplayed: result.isReplayed)
    }
    return result
  }

  /// What training shows of a task, which is the same for all of its cells.
  private struct TaskKnowledge {
    let expectations: Expectations
    /// The least propensity of each arm; infinite where none was logged.
    let leastLogged: [Double]
    /// The mean of 1/μ of each arm.
    let inverses: [Double]
  }

  private mutating func knowledge(of task: String) -> TaskKnowledge {
    if let known = tasks[task] { return known }
    let new = TaskKnowledge(
      expectations: Expectations(log.tally, task: task, prices: catalog.models.map(\.price)),
      leastLogged: catalog.models.indices.map { log.tally.leastPropensity(task: task, arm: $0) ?? .infinity },
      inverses: log.tally.meanInversePropensities(task: task))
    tasks[task] = new
    return new
  }

  private func unseenErrors(
    _ candidate: [Double], _ incumbent: [Double], _ expected: Expectations, isReplayed: [Bool]
  ) -> [Double] {
    expected.squaredErrors.map { errors in
      catalog.models.indices.reduce(0.0) { sum, arm in
        isReplayed[arm] ? sum : sum + abs(candidate[arm] - incumbent[arm]) * errors[arm].squareRoot()
      }
    }
  }

  private func variances(
    _ candidate: [Double], _ incumbent: [Double], _ task: TaskKnowledge
  ) -> [Double] {
    task.expectations.squaredErrors.map { errors in
      catalog.models.indices.reduce(0.0) { sum, arm in
        let difference = candidate[arm] - incumbent[arm]
        return sum + difference * difference * errors[arm] * task.inverses[arm]
      }
    }
  }
}
