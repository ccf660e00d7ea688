public import LinUCB

/// What a policy knows of a model in a cell. Numbers are rounded to 9 decimals, so that what is written reads back to
/// the bit.
public struct PolicyEntry: Sendable, Equatable {
  /// The estimated reward, not clipped.
  public let mean: Double
  /// The width before α.
  public let width: Double
  /// `mean + α · width`.
  public let upperBound: Double
  /// The training rows.
  public let count: Int

  /// Makes an entry of a fit's estimate.
  public init(_ estimate: Estimate, alpha: Double, count: Int) {
    mean = PolicyEntry.rounded(estimate.mean)
    width = PolicyEntry.rounded(estimate.width)
    upperBound = PolicyEntry.rounded(estimate.mean + alpha * estimate.width)
    self.count = count
  }

  init(mean: Double, width: Double, upperBound: Double, count: Int) {
    self.mean = mean
    self.width = width
    self.upperBound = upperBound
    self.count = count
  }

  /// The mean where it is used as a quality, in [0,1].
  public var quality: Double { min(max(mean, 0), 1) }

  /// The effective support `1/width²`, in rows.
  public var support: Double { width > 0 ? 1 / (width * width) : .infinity }

  /// The number rounded to 9 decimals, without a negative zero, which jsonb would drop.
  static func rounded(_ value: Double) -> Double {
    let result = (value * 1e9).rounded() / 1e9
    return result == 0 ? 0 : result
  }
}
