/// What one row says of one policy and one quantity, as a vector whose first and second moments give every estimate and
/// its standard error.
struct RowScore {
  /// The places in the vector.
  enum Part: Int {
    case one, direct, weight, weightedOutcome, weightedResidual, switchedResidual, shrunkResidual, clippedOutcome
    case clippedResidual, probability, expectedOutcome
  }

  static let parts = 11

  /// The parts, and zeros behind them.
  let vector: SIMD16<Double>

  /// - Parameters:
  ///   - direct: `Σ_a π(a|x) q̂(x,a)`.
  ///   - weight: ρ.
  ///   - probability: `π(a_i|x)` of the chosen arm.
  ///   - outcome: y.
  ///   - residual: `y - q̂(x,a_i)`.
  @inline(__always)
  init(
    direct: Double, weight: Double, probability: Double, outcome: Double, residual: Double, tuning: EstimatorTuning
  ) {
    let switched = weight <= tuning.switchThreshold ? weight : 0
    let shrunk = tuning.shrinkage * weight / (weight * weight + tuning.shrinkage)
    let clipped = min(weight, tuning.clip)
    vector = SIMD16(
      1, direct, weight, weight * outcome, weight * residual, switched * residual, shrunk * residual,
      clipped * outcome, clipped * residual, probability, probability * outcome, 0, 0, 0, 0, 0)
  }
}
