internal import Outcomes

/// The paired difference of two policies' doubly robust scores on the same rows, and nothing else of them.
public struct PolicyComparison: Sendable {
  private let arms: Int
  private var candidate: [Double] = []
  private var reference: [Double] = []
  private var expected: [[Double]] = Quantity.allCases.map { _ in [] }
  private var direct: [[Double]] = Quantity.allCases.map { _ in [] }
  private var variances: [[Double]?] = []
  private var unseenErrors: [[Double]] = []
  private var differences = Quantity.allCases.map { _ in GroupedMoments(groups: Outcome.groups) }
  private var referenceWeights = Moments()
  private var candidateWeights = Moments()
  private var changed: [Bool] = []
  /// The rows of cells in which the two policies differ.
  public private(set) var changedRows = 0

  init(arms: Int) { self.arms = arms }

  /// Adds the cell of the next number: the candidate in its place, and the reference in the incumbent's.
  mutating func append(_ cell: ReplayCell) {
    candidate += cell.candidate
    reference += cell.incumbent
    for quantity in expected.indices {
      expected[quantity] += cell.expected[quantity]
      direct[quantity].append(
        cell.expected[quantity].indices.reduce(0.0) {
          $0 + (cell.candidate[$1] - cell.incumbent[$1]) * cell.expected[quantity][$1]
        })
    }
    variances.append(cell.variances)
    unseenErrors.append(cell.unseenErrors)
    changed.append(cell.candidate != cell.incumbent)
  }

  @inline(__always)
  mutating func add(_ outcome: Outcome, propensity: Double?, rowWeight: Double) {
    let pair = outcome.cell * arms + outcome.arm
    let inverse = propensity.map { 1 / $0 } ?? 0
    let weight = (candidate[pair] - reference[pair]) * inverse
    func add(_ quantity: Quantity, _ value: Double) {
      let number = quantity.rawValue
      differences[number].add(
        direct[number][outcome.cell] + weight * (value - expected[number][pair]), weight: rowWeight,
        group: outcome.group, variance: variances[outcome.cell]?[number],
        unseenError: unseenErrors[outcome.cell][number])
    }
    add(.reward, outcome.reward)
    add(.done, outcome.isDone ? 1 : 0)
    if let cost = outcome.cost { add(.cost, cost) }
    candidateWeights.add(candidate[pair] * inverse, weight: rowWeight)
    referenceWeights.add(reference[pair] * inverse, weight: rowWeight)
    if changed[outcome.cell] { changedRows += 1 }
  }

  private static func effectiveSampleSize(_ weights: Moments) -> Double {
    weights.sumOfSquares > 0 ? weights.sum * weights.sum / weights.sumOfSquares : 0
  }

  /// The effective sample size of the reference, in rows.
  public var referenceSampleSize: Double { PolicyComparison.effectiveSampleSize(referenceWeights) }

  /// What the candidate has over the reference.
  public func difference(_ quantity: Quantity) -> PairedDifference {
    differences[quantity.rawValue].difference(
      effectiveRows: min(PolicyComparison.effectiveSampleSize(candidateWeights), referenceSampleSize))
  }
}
