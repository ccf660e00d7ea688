public import Outcomes

/// Replays two policies on the same rows, in one pass, keeping sums by cell and by group of agents but no row.
///
/// The sums add up: the replay of two halves of the rows, merged, is the replay of all of them.
public struct PairedReplay: Sendable {
  private let arms: Int
  private let groups: Int
  private let tuning: EstimatorTuning
  private let ranges: [ClosedRange<Double>?]
  private var candidateProbability: SharedVectors
  private var incumbentProbability: SharedVectors
  /// By quantity, what training expects of each arm.
  private var expected: [SharedVectors]
  private var expectedFailure: SharedVectors
  private var shared = SharedArrays()
  private var candidateDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  private var incumbentDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  private var directFailure: [Double] = []
  /// The cells by number.
  public private(set) var cells: [ReplayedCell] = []
  /// The candidate's estimates.
  public private(set) var candidate = PolicyReplay()
  /// The incumbent's estimates.
  public private(set) var incumbent = PolicyReplay()
  private var differences: [GroupedMoments]
  private var outcomes: [GroupedMoments]
  private var periods: [GroupedMoments]
  private var explorations = Quantity.allCases.map { _ in Moments() }
  private var failureDifference = Moments()
  private var failureRows = Moments()
  private var eValues: [EValue]
  /// The paired differences in done of each cell.
  public private(set) var cellLift: [Moments] = []
  /// The rows with a weight of each cell and arm, `cells × arms`.
  public private(set) var armRows: [Int32] = []
  private var chosenInverses: [Moments]
  private var armResiduals: [[Double]]
  private var leastPropensity = Double.infinity
  private var greatestPropensity = 0.0
  /// How the fit's predictions turned out.
  public private(set) var calibration = Calibration()
  /// Rows read.
  public private(set) var rows = 0

  /// Makes a replay of no rows.
  /// - Parameters:
  ///   - ranges: what a row's lift can be, by quantity, known before any row; nil where nothing bounds it, or absent.
  public init(
    arms: Int, groups: Int = Outcome.groups, ranges: [Quantity: ClosedRange<Double>] = [:],
    tuning: EstimatorTuning = EstimatorTuning()
  ) {
    self.arms = arms
    self.groups = groups
    self.tuning = tuning
    self.ranges = Quantity.allCases.map { ranges[$0] }
    candidateProbability = SharedVectors(width: arms)
    incumbentProbability = SharedVectors(width: arms)
    expected = Quantity.allCases.map { _ in SharedVectors(width: arms) }
    expectedFailure = SharedVectors(width: arms)
    eValues = [Quantity.reward, .done].map { EValue(worstLoss: -(ranges[$0]?.lowerBound ?? -.infinity)) }
    differences = Quantity.allCases.map { _ in GroupedMoments(groups: groups) }
    outcomes = Quantity.allCases.map { _ in GroupedMoments(groups: groups) }
    periods = (0..<HoldoutPeriod.count).map { _ in GroupedMoments(groups: groups) }
    chosenInverses = Array(repeating: Moments(), count: arms)
    armResiduals = Quantity.allCases.map { _ in [Double](repeating: 0, count: arms) }
  }

  /// Adds the cell of the next number.
  public mutating func append(_ cell: ReplayCell) {
    func expectation(_ probabilities: [Double], _ values: [Double]) -> Double {
      zip(probabilities, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    candidateProbability.append(cell.candidate)
    incumbentProbability.append(cell.incumbent)
    for quantity in expected.indices {
      expected[quantity].append(cell.expected[quantity])
      candidateDirect[quantity].append(expectation(cell.candidate, cell.expected[quantity]))
      incumbentDirect[quantity].append(expectation(cell.incumbent, cell.expected[quantity]))
    }
    expectedFailure.append(cell.expectedFailure)
    directFailure.append(
      expectation(cell.candidate, cell.expectedFailure) - expectation(cell.incumbent, cell.expectedFailure))
    cellLift.append(Moments())
    armRows.append(contentsOf: repeatElement(0, count: arms))
    cells.append(ReplayedCell(cell, &shared))
  }

  /// Adds a row of a known cell.
  ///
  /// The doubly robust score of a policy is `Σ_a π(a|x) q̂(x,a) + ρ (y - q̂(x,a_i))` with `ρ = π(a_i|x)/μ` (Dudík,
  /// Langford, Li 2011, equation 1). A row whose cost is not known says nothing of cost.
  /// - Parameters:
  ///   - propensity: μ, in (0,1]; nil gives the row weight 0 in both policies.
  ///   - rowWeight: how many outcomes of the traffic the row stands for, 1 on average.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, propensity: Double?, rowWeight: Double = 1) {
    let pair = outcome.cell * arms + outcome.arm
    let inverse = propensity.map { 1 / $0 } ?? 0
    let weights = (
      candidateProbability[outcome.cell, outcome.arm] * inverse,
      incumbentProbability[outcome.cell, outcome.arm] * inverse
    )
    candidate.add(weight: weights.0, served: cells[outcome.cell].candidateServed, rowWeight: rowWeight)
    incumbent.add(weight: weights.1, served: cells[outcome.cell].incumbentServed, rowWeight: rowWeight)
    let reward = addQuantity(0, outcome.reward, outcome, inverse, weights, rowWeight)
    let done = addQuantity(1, outcome.isDone ? 1 : 0, outcome, inverse, weights, rowWeight)
    if let cost = outcome.cost {
      addQuantity(2, cost, outcome, inverse, weights, rowWeight)
    } else if !outcome.succeeded {
      addUnknownCost(outcome, weights, rowWeight)
    }
    addFailure(outcome, weights, rowWeight)
    eValues[0].add(reward, weight: rowWeight)
    eValues[1].add(done, weight: rowWeight)
    cellLift[outcome.cell].add(done, weight: rowWeight)
    periods[outcome.period].add(
      done, weight: rowWeight, group: outcome.group, variance: cells[outcome.cell].variances?[Quantity.done.rawValue])
    if propensity != nil { armRows[pair] += 1 }
    chosenInverses[outcome.arm].add(inverse, weight: rowWeight)
    if let propensity {
      leastPropensity = min(leastPropensity, propensity)
      greatestPropensity = max(greatestPropensity, propensity)
    }
    calibration.add(predicted: expected[0][outcome.cell, outcome.arm], observed: outcome.reward, weight: rowWeight)
    rows += 1
  }

  /// Counts a failed call without a cost against the candidate: as dear as the model's calls where the candidate serves more
  /// of them, and as free where the incumbent does. Neither policy's own value is touched.
  private mutating func addUnknownCost(_ outcome: Outcome, _ weights: (Double, Double), _ rowWeight: Double) {
    let quantity = Quantity.cost.rawValue
    let cell = cells[outcome.cell]
    let residual = weights.0 < weights.1 ? -expected[quantity][outcome.cell, outcome.arm] : 0
    let difference =
      candidateDirect[quantity][outcome.cell] - incumbentDirect[quantity][outcome.cell]
      + (weights.0 - weights.1) * residual
    differences[quantity].add(
      difference, weight: rowWeight, group: outcome.group, variance: cell.variances?[quantity],
      unseenError: cell.unseenErrors[quantity])
  }

  @inline(__always)
  private mutating func addFailure(_ outcome: Outcome, _ weights: (Double, Double), _ rowWeight: Double) {
    let failed = outcome.succeeded ? 0.0 : 1.0
    let residual = failed - expectedFailure[outcome.cell, outcome.arm]
    failureDifference.add(directFailure[outcome.cell] + (weights.0 - weights.1) * residual, weight: rowWeight)
    failureRows.add(failed, weight: rowWeight)
  }

  @inline(__always)
  @discardableResult
  private mutating func addQuantity(
    _ quantity: Int, _ value: Double, _ outcome: Outcome, _ inverse: Double, _ weights: (Double, Double),
    _ rowWeight: Double
  ) -> Double {
    let cell = cells[outcome.cell]
    let residual = value - expected[quantity][outcome.cell, outcome.arm]
    let directs = (candidateDirect[quantity][outcome.cell], incumbentDirect[quantity][outcome.cell])
    candidate.add(
      quantity,
      RowScore(
        direct: directs.0, weight: weights.0, probability: candidateProbability[outcome.cell, outcome.arm],
        outcome: value,
        residual: residual, tuning: tuning), rowWeight: rowWeight)
    incumbent.add(
      quantity,
      RowScore(
        direct: directs.1, weight: weights.1, probability: incumbentProbability[outcome.cell, outcome.arm],
        outcome: value,
        residual: residual, tuning: tuning), rowWeight: rowWeight)
    let difference = (directs.0 + weights.0 * residual) - (directs.1 + weights.1 * residual)
    differences[quantity].add(
      difference, weight: rowWeight, group: outcome.group, variance: cell.variances?[quantity],
      unseenError: cell.unseenErrors[quantity])
    outcomes[quantity].add(value, weight: rowWeight, group: outcome.group)
    armResiduals[quantity][outcome.arm] += rowWeight * inverse * residual
    if let pick = cell.pick {
      let alone = expected[quantity][outcome.cell, pick] + (pick == outcome.arm ? inverse * residual : 0)
      explorations[quantity].add(directs.0 + weights.0 * residual - alone, weight: rowWeight)
    }
    return difference
  }

  /// Adds the rows of another replay of the same policies in the same cells.
  public mutating func merge(_ other: PairedReplay) {
    precondition(other.arms == arms && other.candidateProbability == candidateProbability)
    candidate.merge(other.candidate)
    incumbent.merge(other.incumbent)
    for quantity in differences.indices {
      differences[quantity].merge(other.differences[quantity])
      outcomes[quantity].merge(other.outcomes[quantity])
      explorations[quantity].merge(other.explorations[quantity])
      for arm in 0..<arms { armResiduals[quantity][arm] += other.armResiduals[quantity][arm] }
    }
    for period in periods.indices { periods[period].merge(other.periods[period]) }
    failureDifference.merge(other.failureDifference)
    failureRows.merge(other.failureRows)
    for value in eValues.indices { eValues[value].merge(other.eValues[value]) }
    for cell in cellLift.indices { cellLift[cell].merge(other.cellLift[cell]) }
    for pair in armRows.indices { armRows[pair] += other.armRows[pair] }
    for arm in 0..<arms { chosenInverses[arm].merge(other.chosenInverses[arm]) }
    calibration.merge(other.calibration)
    leastPropensity = min(leastPropensity, other.leastPropensity)
    greatestPropensity = max(greatestPropensity, other.greatestPropensity)
    rows += other.rows
  }

  /// The paired difference of the doubly robust scores.
  public func difference(_ quantity: Quantity) -> PairedDifference {
    differences[quantity.rawValue].difference(
      range: ranges[quantity.rawValue], effectiveRows: candidate.effectiveSampleSize)
  }

  /// The paired difference in done over some periods of the holdout.
  public func difference(periods numbers: Range<Int>) -> PairedDifference {
    var sum = GroupedMoments(groups: groups)
    for number in numbers { sum.merge(periods[number]) }
    return sum.difference()
  }

  /// What was in fact served: the outcomes of the log's own choices.
  public func served(_ quantity: Quantity) -> PairedDifference { outcomes[quantity.rawValue].difference() }

  /// The share of calls that failed, over the log's own choices, in [0,1].
  public var servedFailures: Double { failureRows.mean }

  /// How much more often calls of the candidate fail than the incumbent's, doubly robust; the rest of the lift in done is
  /// through quality.
  public var failureLift: Double { failureDifference.mean }

  /// What exploration adds to the candidate's value beside its picks alone, doubly robust; 0 without a pick.
  public func explorationEffect(_ quantity: Quantity) -> Double { explorations[quantity.rawValue].mean }

  /// `1{chosen}/propensity` of an arm over all rows, whose mean is 1 but for chance where the propensities are right.
  public func inversePropensity(arm: Int) -> Moments {
    chosenInverses[arm].among(differences[Quantity.reward.rawValue].rows)
  }

  /// The effective sample size of one arm served to every row, `(Σρ)²/Σρ²` (Kish 1965), in rows.
  public func effectiveSampleSize(arm: Int) -> Double {
    let moments = chosenInverses[arm]
    return moments.sumOfSquares > 0 ? moments.sum * moments.sum / moments.sumOfSquares : 0
  }

  /// The probability of each arm in a cell, of the candidate and of the incumbent.
  func probabilities(cell: Int) -> (candidate: ArraySlice<Double>, incumbent: ArraySlice<Double>) {
    (candidateProbability[cell], incumbentProbability[cell])
  }

  /// What training expects of an arm in a cell.
  @inline(__always)
  func expectation(_ quantity: Quantity, cell: Int, arm: Int) -> Double { expected[quantity.rawValue][cell, arm] }

  /// The rows with a weight of each arm, by task.
  /// - Parameter cells: the cells by their numbers.
  func armRows(byTask cells: [Cell]) -> [String: [Int]] {
    var numbers: [String: Int] = [:]
    var sums: [Int] = []
    for number in self.cells.indices {
      let task = numbers[cells[number].task] ?? numbers.count
      if task == numbers.count {
        numbers[cells[number].task] = task
        sums += repeatElement(0, count: arms)
      }
      for arm in 0..<arms { sums[task * arms + arm] += Int(armRows[number * arms + arm]) }
    }
    return numbers.mapValues { Array(sums[$0 * arms..<($0 + 1) * arms]) }
  }

  /// The lift of a cell that training expects, without what the holdout shows of it.
  func expectedLift(_ quantity: Quantity, cell: Int) -> Double {
    candidateDirect[quantity.rawValue][cell] - incumbentDirect[quantity.rawValue][cell]
  }

  /// The evidence that the candidate is better, on independent rows; nil for cost, whose rows nothing bounds.
  public func eValue(_ quantity: Quantity) -> EValue? {
    quantity == .cost ? nil : eValues[quantity.rawValue]
  }

  /// Whether the log chose every model with the same propensity below 1, as Li's replay needs.
  public var isChoiceUniform: Bool {
    greatestPropensity < 1 && greatestPropensity - leastPropensity <= 1e-9 * greatestPropensity
      && greatestPropensity > 0
  }

  /// The cells in which the rows show more than one model.
  public var comparedCells: Int {
    cells.indices.count { cell in armRows[cell * arms..<(cell + 1) * arms].count { $0 > 0 } > 1 }
  }

  /// The doubly robust value of one arm served to every row.
  public func singleArmValue(_ quantity: Quantity, arm: Int) -> Double {
    let (all, known) = (cellLift.reduce(0.0) { $0 + $1.weight }, outcomes[quantity.rawValue].rows.weight)
    guard all > 0, known > 0 else { return 0 }
    let direct = cellLift.indices.reduce(0.0) {
      $0 + cellLift[$1].weight * expected[quantity.rawValue][$1, arm]
    }
    return direct / all + armResiduals[quantity.rawValue][arm] / known
  }
}
