/// The estimates of one policy's value.
public struct PolicyReplay: Sendable {
  private(set) var values: [ValueSums] = Quantity.allCases.map { _ in ValueSums() }
  private(set) var weights = Moments()
  /// The weight less the share that the policy serves at all, whose mean is 0 where the propensities are right.
  private(set) var calibration = Moments()
  /// The largest weight of a row.
  public private(set) var largestWeight = 0.0

  @inline(__always)
  mutating func add(weight: Double, served: Double) {
    weights.add(weight)
    calibration.add(weight - served)
    largestWeight = max(largestWeight, weight)
  }

  @inline(__always)
  mutating func add(_ quantity: Int, direct: Double, weightedOutcome: Double, doublyRobust: Double) {
    values[quantity].add(direct: direct, weightedOutcome: weightedOutcome, doublyRobust: doublyRobust)
  }

  /// The estimated value of the policy for an outcome.
  public func estimate(_ quantity: Quantity, _ estimator: Estimator) -> Double {
    values[quantity.rawValue].estimate(estimator, rows: weights.count, totalWeight: weights.sum)
  }

  /// The standard error of the doubly robust estimate, taking rows as independent.
  public func standardError(_ quantity: Quantity) -> Double {
    values[quantity.rawValue].standardError(rows: weights.count)
  }

  /// `Σρ/n`, which is 1 but for chance where the propensities are right and the policy serves every row.
  public var meanWeight: Double { weights.mean }

  /// `(Σρ)²/Σρ²` (Kish 1965), in rows.
  public var effectiveSampleSize: Double {
    weights.squares > 0 ? weights.sum * weights.sum / weights.squares : 0
  }

  /// The share of the sum of squared weights that the heaviest row carries, in [0,1].
  public var largestShare: Double {
    weights.squares > 0 ? largestWeight * largestWeight / weights.squares : 0
  }
}
