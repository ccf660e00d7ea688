/// What a fit says of an arm in a context.
public struct Estimate: Sendable, Equatable {
  /// The estimated reward, not clipped.
  public var mean: Double
  /// `√(xᵀ A⁻¹ x)`, before α.
  public var width: Double

  /// Makes an estimate.
  public init(mean: Double, width: Double) {
    self.mean = mean
    self.width = width
  }
}
