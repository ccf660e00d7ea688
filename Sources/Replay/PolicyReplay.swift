/// The estimates of one policy's value.
public struct PolicyReplay: Sendable {
  private var sums = Quantity.allCases.map { _ in EstimatorSums() }
  private var weights = Moments()
  /// The weight less the share that the policy serves at all, whose mean is 0 where the propensities are right.
  private(set) var calibration = Moments()
  /// The largest weight ρ of a row.
  public private(set) var largestWeight = 0.0
  private var largestShareRoot = 0.0
  /// How many rows have which weight.
  public private(set) var weightHistogram = WeightHistogram()

  @inline(__always)
  mutating func add(weight: Double, served: Double, rowWeight: Double) {
    weights.add(weight, weight: rowWeight)
    weightHistogram.add(weight)
    calibration.add(weight - served, weight: rowWeight)
    largestWeight = max(largestWeight, weight)
    largestShareRoot = max(largestShareRoot, rowWeight * weight)
  }

  @inline(__always)
  mutating func add(_ quantity: Int, _ score: RowScore, rowWeight: Double) {
    sums[quantity].add(score, weight: rowWeight)
  }

  mutating func merge(_ other: PolicyReplay) {
    for quantity in sums.indices { sums[quantity].merge(other.sums[quantity]) }
    weights.merge(other.weights)
    weightHistogram.merge(other.weightHistogram)
    calibration.merge(other.calibration)
    largestWeight = max(largestWeight, other.largestWeight)
    largestShareRoot = max(largestShareRoot, other.largestShareRoot)
  }

  /// The estimated value of the policy for an outcome; nil where nothing can be told: without a row, and for ratios
  /// where the policy never does what the log did.
  public func estimate(_ quantity: Quantity, _ estimator: Estimator) -> ValueEstimate? {
    sums[quantity.rawValue].estimate(estimator)
  }

  /// The doubly robust value for an outcome, by which the gate goes; 0 without a row.
  public func value(_ quantity: Quantity) -> Double { estimate(quantity, .doublyRobust)?.value ?? 0 }

  /// `Σρ/n`, which is 1 but for chance where the propensities are right and the policy serves every row.
  public var meanWeight: Double { weights.mean }

  /// `(Σρ)²/Σρ²` (Kish 1965), in rows.
  public var effectiveSampleSize: Double {
    weights.sumOfSquares > 0 ? weights.sum * weights.sum / weights.sumOfSquares : 0
  }

  /// The share of the sum of squared weights that the heaviest row carries, in [0,1].
  public var largestShare: Double {
    weights.sumOfSquares > 0 ? largestShareRoot * largestShareRoot / weights.sumOfSquares : 0
  }
}
