internal import Outcomes

/// The paired difference of two policies' doubly robust scores on the same rows, and nothing else of them.
public struct PolicyComparison: Sendable {
  private var candidate: SharedVectors
  private var reference: SharedVectors
  private var direct: [[Double]] = Quantity.allCases.map { _ in [] }
  private var variances: [[Double]?] = []
  private var unseenErrors: [[Double]] = []
  private var shared = SharedArrays()
  private var differences = Quantity.allCases.map { _ in GroupedMoments(groups: Outcome.groups) }
  private var referenceWeights = Moments()
  private var candidateWeights = Moments()
  private var changed: [Bool] = []
  /// The rows of cells in which the two policies differ.
  public private(set) var changedRows = 0

  init(arms: Int) {
    candidate = SharedVectors(width: arms)
    reference = SharedVectors(width: arms)
  }

  /// Adds the cell of the next number: the candidate in its place, and the reference in the incumbent's.
  mutating func append(_ cell: ReplayCell) {
    candidate.append(cell.candidate)
    reference.append(cell.incumbent)
    for quantity in direct.indices {
      direct[quantity].append(
        cell.expected[quantity].indices.reduce(0.0) {
          $0 + (cell.candidate[$1] - cell.incumbent[$1]) * cell.expected[quantity][$1]
        })
    }
    variances.append(cell.variances.map { shared.shared($0) })
    unseenErrors.append(shared.shared(cell.unseenErrors))
    changed.append(cell.candidate != cell.incumbent)
  }

  /// Adds a row of a known cell.
  /// - Parameter replay: the candidate's replay, which knows what training expects.
  @inline(__always)
  mutating func add(_ outcome: Outcome, propensity: Double?, rowWeight: Double, in replay: PairedReplay) {
    let (candidate, reference) = (
      candidate[outcome.cell, outcome.arm], reference[outcome.cell, outcome.arm]
    )
    let inverse = propensity.map { 1 / $0 } ?? 0
    let weight = (candidate - reference) * inverse
    func add(_ quantity: Quantity, _ value: Double) {
      let number = quantity.rawValue
      differences[number].add(
        direct[number][outcome.cell] + weight
          * (value - replay.expectation(quantity, cell: outcome.cell, arm: outcome.arm)), weight: rowWeight,
        group: outcome.group, variance: variances[outcome.cell]?[number],
        unseenError: unseenErrors[outcome.cell][number])
    }
    add(.reward, outcome.reward)
    add(.done, outcome.isDone ? 1 : 0)
    if let cost = outcome.cost { add(.cost, cost) }
    candidateWeights.add(candidate * inverse, weight: rowWeight)
    referenceWeights.add(reference * inverse, weight: rowWeight)
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
