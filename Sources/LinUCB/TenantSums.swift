internal import Glibc

/// The sums over the cells of each tenant, by which the tenants' effects are eliminated.
struct TenantSums: Sendable {
  private let width: Int
  /// `N = Σ ñ` of each tenant.
  private(set) var weights: [Double]
  /// `h = Σ y λ/(n + λ)` of each tenant.
  private(set) var moments: [Double]
  /// `q = Σ ñ x̄`, `tenants × width`.
  private var sums: [Double]

  init(tenants: Int, width: Int) {
    self.width = width
    weights = [Double](repeating: 0, count: tenants)
    moments = [Double](repeating: 0, count: tenants)
    sums = [Double](repeating: 0, count: tenants * width)
  }

  @inline(__always)
  mutating func add(_ tenant: Int, weight: Double, moment: Double) {
    weights[tenant] += weight
    moments[tenant] += moment
  }

  @inline(__always)
  mutating func add(_ tenant: Int, feature: Int, _ value: Double) { sums[tenant * width + feature] += value }

  @inline(__always)
  func sum(_ tenant: Int, _ feature: Int) -> Double { sums[tenant * width + feature] }

  /// Takes the mean row of the tenant's cells from a row.
  @inline(__always)
  func subtractMean(_ tenant: Int, from row: inout MutableSpan<Double>) {
    let scale = 1 / weights[tenant]
    for feature in 0..<width { row[feature] -= sums[tenant * width + feature] * scale }
  }

  /// Writes the mean row with the root of its weight `N λ/(N + λ)`.
  @inline(__always)
  func writeReduced(_ tenant: Int, to row: inout MutableSpan<Double>, ridge: Double) {
    let scale = (ridge / (weights[tenant] * (weights[tenant] + ridge))).squareRoot()
    for feature in 0..<width { row[feature] = sums[tenant * width + feature] * scale }
  }

  /// Takes `δ q/(N + λ)` from a context's row, where δ is what the elimination of its cell has left of the tenant.
  @inline(__always)
  func eliminate(_ tenant: Int, share: Double, from row: inout MutableSpan<Double>, ridge: Double) {
    let scale = share / (weights[tenant] + ridge)
    for feature in 0..<width { row[feature] -= sums[tenant * width + feature] * scale }
  }

  /// What the tenant adds to a context's mean and squared width, beside the shared features.
  @inline(__always)
  func effect(_ tenant: Int, share: Double, ridge: Double) -> (mean: Double, square: Double) {
    let total = weights[tenant] + ridge
    return (share * moments[tenant] / total, share * share / total)
  }

  /// `θ_t = (h - q·θ_z)/(N + λ)`.
  func coefficient(_ tenant: Int, shared: [Double], ridge: Double) -> Double {
    let product = shared.indices.reduce(0.0) { $0 + sums[tenant * width + $1] * shared[$1] }
    return (moments[tenant] - product) / (weights[tenant] + ridge)
  }

  /// `Σ h²/(N + λ)`, the part of `hᵀ S⁻¹ h` that is the tenants'.
  func explained(ridge: Double) -> Double {
    weights.indices.reduce(0.0) { $0 + moments[$1] * moments[$1] / (weights[$1] + ridge) }
  }

  /// `Σ ln(1 + N/λ)`, the tenants' part of `ln|S| - ln|Λ|`.
  func logDeterminant(ridge: Double) -> Double { weights.reduce(0.0) { $0 + log1p($1 / ridge) } }
}
