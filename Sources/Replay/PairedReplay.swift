public import Outcomes

/// Replays two policies on the same rows, in one pass, keeping sums by cell and by group of agents but no row.
public struct PairedReplay: Sendable {
  private let arms: Int
  private var candidateProbability: [Double] = []
  private var incumbentProbability: [Double] = []
  private var expected: [[Double]] = Quantity.allCases.map { _ in [] }
  private var candidateDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  private var incumbentDirect: [[Double]] = Quantity.allCases.map { _ in [] }
  private var served: [(candidate: Double, incumbent: Double)] = []
  /// The cells by number.
  public private(set) var cells: [ReplayedCell] = []
  /// The candidate's estimates.
  public private(set) var candidate = PolicyReplay()
  /// The incumbent's estimates.
  public private(set) var incumbent = PolicyReplay()
  /// The paired differences of the doubly robust scores, by quantity.
  public private(set) var differences: [Moments] = Quantity.allCases.map { _ in Moments() }
  /// The paired differences by quantity and group, `quantities × groups`.
  public private(set) var groupSums: [[Double]]
  /// The rows of each group.
  public private(set) var groupRows: [Int]
  /// The paired differences in done of each cell.
  public private(set) var cellLift: [Moments] = []
  /// The rows of each cell and arm, `cells × arms`.
  public private(set) var armRows: [Int32] = []
  /// `1/propensity` where the arm was chosen, summed over rows, with its squares.
  public private(set) var inversePropensity: [(sum: Double, squares: Double)]
  private var armResiduals: [[Double]]
  /// The labels of the rows.
  public private(set) var labels: LabelTally
  /// Rows read.
  public private(set) var rows = 0

  /// Makes a replay of no rows.
  public init(arms: Int, groups: Int = Outcome.groups) {
    self.arms = arms
    groupSums = Quantity.allCases.map { _ in [Double](repeating: 0, count: groups) }
    groupRows = [Int](repeating: 0, count: groups)
    inversePropensity = Array(repeating: (0, 0), count: arms)
    armResiduals = Quantity.allCases.map { _ in [Double](repeating: 0, count: arms) }
    labels = LabelTally(arms: arms)
  }

  /// Adds the cell of the next number.
  public mutating func append(_ cell: ReplayCell) {
    candidateProbability += cell.candidate
    incumbentProbability += cell.incumbent
    served.append((cell.candidate.reduce(0, +), cell.incumbent.reduce(0, +)))
    for quantity in expected.indices {
      expected[quantity] += cell.expected[quantity]
      candidateDirect[quantity].append(zip(cell.candidate, cell.expected[quantity]).reduce(0) { $0 + $1.0 * $1.1 })
      incumbentDirect[quantity].append(zip(cell.incumbent, cell.expected[quantity]).reduce(0) { $0 + $1.0 * $1.1 })
    }
    cellLift.append(Moments())
    armRows.append(contentsOf: repeatElement(0, count: arms))
    cells.append(ReplayedCell(isChanged: cell.isChanged, pick: cell.pick, doneVariance: cell.doneVariance))
  }

  /// Adds a row of a known cell.
  ///
  /// The doubly robust score of a policy is `Σ_a π(a|x) q̂(x,a) + ρ (y - q̂(x,a_i))` with `ρ = π(a_i|x)/μ` (Dudík,
  /// Langford, Li 2011, equation 1).
  /// - Parameter propensity: μ, in (0,1]; nil gives the row weight 0 in both policies.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, propensity: Double?) {
    let pair = outcome.cell * arms + outcome.arm
    let inverse = propensity.map { 1 / $0 } ?? 0
    let candidateWeight = candidateProbability[pair] * inverse
    let incumbentWeight = incumbentProbability[pair] * inverse
    candidate.add(weight: candidateWeight, served: served[outcome.cell].candidate)
    incumbent.add(weight: incumbentWeight, served: served[outcome.cell].incumbent)
    addQuantity(0, outcome.reward, outcome, pair, inverse, candidateWeight, incumbentWeight)
    let done = addQuantity(1, outcome.isDone ? 1 : 0, outcome, pair, inverse, candidateWeight, incumbentWeight)
    addQuantity(2, outcome.cost, outcome, pair, inverse, candidateWeight, incumbentWeight)
    cellLift[outcome.cell].add(done)
    groupRows[outcome.group] += 1
    armRows[pair] += 1
    inversePropensity[outcome.arm].sum += inverse
    inversePropensity[outcome.arm].squares += inverse * inverse
    labels.add(outcome)
    rows += 1
  }

  @inline(__always)
  @discardableResult
  private mutating func addQuantity(
    _ quantity: Int, _ value: Double, _ outcome: Outcome, _ pair: Int, _ inverse: Double, _ candidateWeight: Double,
    _ incumbentWeight: Double
  ) -> Double {
    let residual = value - expected[quantity][pair]
    let candidateDirect = candidateDirect[quantity][outcome.cell]
    let incumbentDirect = incumbentDirect[quantity][outcome.cell]
    let candidateScore = candidateDirect + candidateWeight * residual
    let incumbentScore = incumbentDirect + incumbentWeight * residual
    candidate.add(
      quantity, direct: candidateDirect, weightedOutcome: candidateWeight * value, doublyRobust: candidateScore)
    incumbent.add(
      quantity, direct: incumbentDirect, weightedOutcome: incumbentWeight * value, doublyRobust: incumbentScore)
    let difference = candidateScore - incumbentScore
    differences[quantity].add(difference)
    groupSums[quantity][outcome.group] += difference
    armResiduals[quantity][outcome.arm] += inverse * residual
    return difference
  }

  /// The doubly robust value of one arm served to every row.
  public func singleArmValue(_ quantity: Quantity, arm: Int) -> Double {
    guard rows > 0 else { return 0 }
    let direct = cellLift.indices.reduce(0.0) {
      $0 + Double(cellLift[$1].count) * expected[quantity.rawValue][$1 * arms + arm]
    }
    return (direct + armResiduals[quantity.rawValue][arm]) / Double(rows)
  }
}
