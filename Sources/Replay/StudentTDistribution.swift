internal import Glibc

/// Student's t distribution.
public struct StudentTDistribution: Sendable {
  /// The degrees of freedom, above 0.
  public let degreesOfFreedom: Double

  /// Makes the distribution.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0)
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// `P(T ≤ t)`, by the regularised incomplete beta function (NIST Digital Library of Mathematical Functions, 8.17).
  public func cumulative(_ t: Double) -> Double {
    let square = t * t
    // I_x(ν/2, 1/2) with x = ν/(ν + t²) is both tails; the form whose argument is small is the accurate one.
    let tails =
      square > degreesOfFreedom
      ? StudentTDistribution.incompleteBeta(
        degreesOfFreedom / (degreesOfFreedom + square), degreesOfFreedom / 2, 0.5)
      : 1 - StudentTDistribution.incompleteBeta(square / (degreesOfFreedom + square), 0.5, degreesOfFreedom / 2)
    return t < 0 ? tails / 2 : 1 - tails / 2
  }

  /// The t with `cumulative(t) = p`, for p in (0,1), by bisection until the bracket is two neighbouring numbers.
  public func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1)
    if p > 0.5 { return -quantile(1 - p) }
    var (low, high) = (-1.0, 0.0)
    while cumulative(low) > p { low *= 2 }
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { return middle }
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
  }

  /// `I_x(a, b)` by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method, which converges fast for
  /// `x < (a + 1)/(a + b + 2)`; beyond that by the symmetry `I_x(a, b) = 1 - I_{1-x}(b, a)`.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logFront = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    let tiny = 1e-300
    var ratio = 1.0
    var numerator = 1.0
    var denominator = 1 / max(1 - (a + b) * x / (a + 1), tiny)
    ratio = denominator
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      var change = 1.0
      for term in [even, odd] {
        denominator = 1 + term * denominator
        if abs(denominator) < tiny { denominator = tiny }
        numerator = 1 + term / numerator
        if abs(numerator) < tiny { numerator = tiny }
        denominator = 1 / denominator
        change = denominator * numerator
        ratio *= change
      }
      if abs(change - 1) < 1e-16 { break }
    }
    return exp(logFront) * ratio / a
  }
}
