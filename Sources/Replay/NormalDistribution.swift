internal import Glibc

/// The standard normal distribution.
public enum NormalDistribution {
  /// `Φ(z)`, by the complementary error function.
  public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// `Φ⁻¹(p)` for p in (0,1), by bisection on `Φ` until the bracket is two neighbouring numbers.
  public static func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1)
    if p > 0.5 { return -quantile(1 - p) }
    var (low, high) = (-40.0, 0.0)
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return middle }
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
  }
}
