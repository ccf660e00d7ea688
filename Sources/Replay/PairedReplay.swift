public import Outcomes

/// Replays two policies on the same rows, in one pass, keeping sums by cell and by group of agents but no row.
///
/// The sums add up: the replay of two halves of the rows, merged, is the replay of all of them.
public struct PairedReplay: Sendable {
  private let arms: Int
  private let tuning: EstimatorTuning
  private let ranges: [ClosedRange<Double>?]
  private var candidateProbability: [Double] = []
  private var incumbentProbability: [Double] = []
  private var expected: [[Double]] = Quantity.allCases.map { _ in [] }
  private var candidateDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  private var incumbentDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  /// The cells by number.
  public private(set) var cells: [ReplayedCell] = []
  /// The candidate's estimates.
  public private(set) var candidate = PolicyReplay()
  /// The incumbent's estimates.
  public private(set) var incumbent = PolicyReplay()
  private var differences = Quantity.allCases.map { _ in Moments() }
  private var groupSums: [[Double]]
  private var groupWeights: [Double]
  private var eValues: [EValue]
  /// The paired differences in done of each cell.
  public private(set) var cellLift: [Moments] = []
  /// The rows of each cell and arm, `cells × arms`.
  public private(set) var armRows: [Int32] = []
  private var chosenInverses: [Moments]
  private var armResiduals: [[Double]]
  /// The labels of the rows.
  public private(set) var labels: LabelTally
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
    self.tuning = tuning
    self.ranges = Quantity.allCases.map { ranges[$0] }
    eValues = [Quantity.reward, .done].map { EValue(worstLoss: -(ranges[$0]?.lowerBound ?? -.infinity)) }
    groupSums = Quantity.allCases.map { _ in [Double](repeating: 0, count: groups) }
    groupWeights = [Double](repeating: 0, count: groups)
    chosenInverses = Array(repeating: Moments(), count: arms)
    armResiduals = Quantity.allCases.map { _ in [Double](repeating: 0, count: arms) }
    labels = LabelTally(arms: arms)
  }

  /// Adds the cell of the next number.
  public mutating func append(_ cell: ReplayCell) {
    candidateProbability += cell.candidate
    incumbentProbability += cell.incumbent
    for quantity in expected.indices {
      expected[quantity] += cell.expected[quantity]
      candidateDirect[quantity].append(zip(cell.candidate, cell.expected[quantity]).reduce(0) { $0 + $1.0 * $1.1 })
      incumbentDirect[quantity].append(zip(cell.incumbent, cell.expected[quantity]).reduce(0) { $0 + $1.0 * $1.1 })
    }
    cellLift.append(Moments())
    armRows.append(contentsOf: repeatElement(0, count: arms))
    cells.append(ReplayedCell(cell))
  }

  /// Adds a row of a known cell.
  ///
  /// The doubly robust score of a policy is `Σ_a π(a|x) q̂(x,a) + ρ (y - q̂(x,a_i))` with `ρ = π(a_i|x)/μ` (Dudík,
  /// Langford, Li 2011, equation 1).
  /// - Parameters:
  ///   - propensity: μ, in (0,1]; nil gives the row weight 0 in both policies.
  ///   - rowWeight: how many outcomes of the traffic the row stands for, 1 on average.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, propensity: Double?, rowWeight: Double = 1) {
    let pair = outcome.cell * arms + outcome.arm
    let inverse = propensity.map { 1 / $0 } ?? 0
    let weights = (candidateProbability[pair] * inverse, incumbentProbability[pair] * inverse)
    candidate.add(weight: weights.0, served: cells[outcome.cell].candidateServed, rowWeight: rowWeight)
    incumbent.add(weight: weights.1, served: cells[outcome.cell].incumbentServed, rowWeight: rowWeight)
    let reward = addQuantity(0, outcome.reward, outcome, inverse, weights, rowWeight)
    let done = addQuantity(1, outcome.isDone ? 1 : 0, outcome, inverse, weights, rowWeight)
    addQuantity(2, outcome.cost, outcome, inverse, weights, rowWeight)
    eValues[0].add(reward, weight: rowWeight)
    eValues[1].add(done, weight: rowWeight)
    cellLift[outcome.cell].add(done, weight: rowWeight)
    groupWeights[outcome.group] += rowWeight
    armRows[pair] += 1
    chosenInverses[outcome.arm].add(inverse, weight: rowWeight)
    if let propensity {
      leastPropensity = min(leastPropensity, propensity)
      greatestPropensity = max(greatestPropensity, propensity)
    }
    labels.add(outcome)
    calibration.add(predicted: expected[0][pair], observed: outcome.reward, weight: rowWeight)
    rows += 1
  }

  @inline(__always)
  @discardableResult
  private mutating func addQuantity(
    _ quantity: Int, _ value: Double, _ outcome: Outcome, _ inverse: Double, _ weights: (Double, Double),
    _ rowWeight: Double
  ) -> Double {
    let pair = outcome.cell * arms + outcome.arm
    let residual = value - expected[quantity][pair]
    let directs = (candidateDirect[quantity][outcome.cell], incumbentDirect[quantity][outcome.cell])
    candidate.add(
      quantity,
      RowScore(
        direct: directs.0, weight: weights.0, probability: candidateProbability[pair], outcome: value,
        residual: residual, tuning: tuning), rowWeight: rowWeight)
    incumbent.add(
      quantity,
      RowScore(
        direct: directs.1, weight: weights.1, probability: incumbentProbability[pair], outcome: value,
        residual: residual, tuning: tuning), rowWeight: rowWeight)
    let difference = (directs.0 + weights.0 * residual) - (directs.1 + weights.1 * residual)
    differences[quantity].add(difference, weight: rowWeight)
    groupSums[quantity][outcome.group] += rowWeight * difference
    armResiduals[quantity][outcome.arm] += rowWeight * inverse * residual
    return difference
  }

  /// Adds the rows of another replay of the same policies in the same cells.
  public mutating func merge(_ other: PairedReplay) {
    precondition(other.arms == arms && other.candidateProbability == candidateProbability)
    candidate.merge(other.candidate)
    incumbent.merge(other.incumbent)
    for quantity in differences.indices {
      differences[quantity].merge(other.differences[quantity])
      for group in groupWeights.indices { groupSums[quantity][group] += other.groupSums[quantity][group] }
      for arm in 0..<arms { armResiduals[quantity][arm] += other.armResiduals[quantity][arm] }
    }
    for group in groupWeights.indices { groupWeights[group] += other.groupWeights[group] }
    for value in eValues.indices { eValues[value].merge(other.eValues[value]) }
    for cell in cellLift.indices { cellLift[cell].merge(other.cellLift[cell]) }
    for pair in armRows.indices { armRows[pair] += other.armRows[pair] }
    for arm in 0..<arms { chosenInverses[arm].merge(other.chosenInverses[arm]) }
    labels.merge(other.labels)
    calibration.merge(other.calibration)
    leastPropensity = min(leastPropensity, other.leastPropensity)
    greatestPropensity = max(greatestPropensity, other.greatestPropensity)
    rows += other.rows
  }

  /// The paired difference of the doubly robust scores.
  public func difference(_ quantity: Quantity) -> PairedDifference {
    PairedDifference(
      rows: differences[quantity.rawValue], groupSums: groupSums[quantity.rawValue], groupWeights: groupWeights,
      range: ranges[quantity.rawValue], expectedVariance: expectedVariance(quantity),
      effectiveRows: candidate.effectiveSampleSize)
  }

  /// The variance of the mean difference that training expects; nil where it says nothing of a cell with rows.
  private func expectedVariance(_ quantity: Quantity) -> Double? {
    var sum = 0.0
    var weight = 0.0
    for (cell, lift) in zip(cells, cellLift) where lift.count > 0 {
      guard let variances = cell.variances else { return nil }
      sum += lift.squaredWeight * variances[quantity.rawValue]
      weight += lift.weight
    }
    return weight > 0 ? sum / (weight * weight) : nil
  }

  /// `1{chosen}/propensity` of an arm over all rows, whose mean is 1 but for chance where the propensities are right.
  public func inversePropensity(arm: Int) -> Moments {
    chosenInverses[arm].among(differences[Quantity.reward.rawValue])
  }

  /// The evidence that the candidate is better; nil for cost, whose rows nothing bounds.
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
    let total = differences[quantity.rawValue].weight
    guard total > 0 else { return 0 }
    let direct = cellLift.indices.reduce(0.0) {
      $0 + cellLift[$1].weight * expected[quantity.rawValue][$1 * arms + arm]
    }
    return (direct + armResiduals[quantity.rawValue][arm]) / total
  }
}
