/// The constants of the estimators that trade variance for bias.
public struct EstimatorTuning: Sendable, Equatable {
  /// The largest weight, τ, with which switch-DR corrects the fit.
  public var switchThreshold = 5.0
  /// The λ of optimistic shrinkage: a weight of √λ is halved.
  public var shrinkage = 10.0
  /// The largest weight of the clipped estimators.
  public var clip = 10.0

  /// The house's constants.
  public init() {}
}
