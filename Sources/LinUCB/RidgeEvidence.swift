internal import Glibc

/// How well a ridge explains an arm's rows: the marginal likelihood with the residual variance at its maximum.
///
/// With N rows, `-2ℓ(λ) = N ln σ̂² + ln|S| - ln|Λ_z| + Σ_c ln(1 + n_c/λ)` up to a constant and
/// `σ̂² = [Σ w (r - q)² - Σ_c y_c²/(n_c + λ) - hᵀ S⁻¹ h] / N` (empirical Bayes for the linear model: Bishop 2006, section 3.5.1,
/// with σ² maximised out).
public struct RidgeEvidence: Sendable, Equatable {
  /// The residual variance below which it counts as this, so that rows without noise have a likelihood: a score of 1 to 5 cannot
  /// tell less.
  private static let leastVariance = 1e-9

  /// The rows, N.
  public let rows: Int
  /// `σ̂²`; 0 of an arm without rows.
  public let residualVariance: Double
  /// `-2ℓ(λ)` up to a constant that no ridge changes; 0 of an arm without rows.
  public let deviance: Double

  /// - Parameters:
  ///   - explained: `hᵀ S⁻¹ h`, tenants and shared features together.
  ///   - logDeterminant: `ln|S| - ln|Λ_z|`.
  init(
    _ statistics: Statistics, arm: Int, prior: Double, ridgeCell: Double, explained: Double, logDeterminant: Double,
    order: [Int]
  ) {
    var (rows, weight, reward, ofCells, cellDeterminant) = (0, 0.0, 0.0, 0.0, 0.0)
    for cell in order {
      let pair = cell * statistics.arms + arm
      let n = statistics.weights[pair]
      rows += Int(statistics.counts[pair])
      weight += n
      reward += statistics.rewards[pair]
      let residual = statistics.rewards[pair] - prior * n
      ofCells += residual * residual / (n + ridgeCell)
      cellDeterminant += log1p(n / ridgeCell)
    }
    self.rows = rows
    guard rows > 0 else {
      (residualVariance, deviance) = (0, 0)
      return
    }
    let total = statistics.squares[arm] - 2 * prior * reward + prior * prior * weight
    let variance = (total - ofCells - explained) / Double(rows)
    residualVariance = max(variance, 0)
    deviance =
      Double(rows) * log(max(variance, RidgeEvidence.leastVariance)) + logDeterminant + cellDeterminant
  }

  /// `σ̂`, by which a width becomes the standard error of a mean.
  public var residualStandardDeviation: Double { residualVariance.squareRoot() }
}
