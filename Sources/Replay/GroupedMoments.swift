/// The moments of a number over rows, and its sums over groups of agents, from which every interval of its mean follows.
public struct GroupedMoments: Sendable {
  /// The moments over rows.
  public private(set) var rows = Moments()
  /// The weighted sums of each group of agents.
  public private(set) var sums: [Double]
  /// The weights of each group of agents; 0 of a group without a row.
  public private(set) var weights: [Double]
  /// `Σ w²` times the variance that training expects of each row; nil once a row came without one.
  private var expected: Double? = 0
  /// `Σ w` times what each row's number may be wrong by, for models that no row speaks of.
  private var unseen = 0.0

  /// The moments of no rows.
  public init(groups: Int) {
    sums = [Double](repeating: 0, count: groups)
    weights = [Double](repeating: 0, count: groups)
  }

  /// Adds a row's number.
  /// - Parameters:
  ///   - variance: what training expects the variance of the number to be; nil where it does not say.
  ///   - unseenError: what the number may be wrong by, for models that no row of the log speaks of.
  @inline(__always)
  mutating func add(
    _ value: Double, weight: Double, group: Int, variance: Double? = nil, unseenError: Double = 0
  ) {
    unseen += weight * unseenError
    rows.add(value, weight: weight)
    sums[group] += weight * value
    weights[group] += weight
    if let variance, let sum = expected { expected = sum + weight * weight * variance } else { expected = nil }
  }

  mutating func merge(_ other: GroupedMoments) {
    rows.merge(other.rows)
    unseen += other.unseen
    for group in sums.indices {
      sums[group] += other.sums[group]
      weights[group] += other.weights[group]
    }
    if let sum = expected, let more = other.expected { expected = sum + more } else { expected = nil }
  }

  /// The variance of the mean that training expects; nil where it says nothing of a row.
  var expectedVariance: Double? {
    guard let expected, rows.weight > 0 else { return nil }
    return expected / (rows.weight * rows.weight)
  }

  /// The sums as a paired difference.
  /// - Parameters:
  ///   - range: what a row's weighted number can be, known before the rows were seen.
  ///   - effectiveRows: the effective sample size of the policy that the number is of, in rows.
  public func difference(range: ClosedRange<Double>? = nil, effectiveRows: Double = 0) -> PairedDifference {
    PairedDifference(
      rows: rows, groupSums: sums, groupWeights: weights, range: range, expectedVariance: expectedVariance,
      effectiveRows: effectiveRows, unseenError: rows.weight > 0 ? unseen / rows.weight : 0)
  }
}
