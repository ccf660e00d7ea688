internal import Glibc
internal import LinearAlgebra

/// One arm's ridge regression on `[z ; e_tenant ; e_cell]`, solved exactly without forming the matrix of tenants and cells.
///
/// Disjoint LinUCB (Li, Chu, Langford, Schapire 2010, algorithm 1), centred on the arm's prior q. The matrix
/// `A = Λ + Σ w x xᵀ` is eliminated twice (Schur's complement: Golub and Van Loan 2013, section 3.2), first the cells and then the
/// tenants, for both blocks are diagonal: a row is of one cell, and a cell of one tenant. With `n = Σ w`, `s = Σ w z` and
/// `y = Σ w (r - q)` of a cell, a cell counts after the first step as one row of the mean features `x̄ = s/n` with the
/// weight `ñ = n λ/(n + λ)`; a tenant with `N = Σ ñ` counts after the second as one row of the mean features of its
/// cells with the weight `N λ_t/(N + λ_t)`. What is left is
/// `S = λ_z I + scatter of rows within cells + scatter of cells within tenants + rows of tenants`, where every term is
/// positive, so that what is constant within a cell or a tenant is never subtracted.
///
/// - Complexity: time in cells × d² + tenants × d² + d³ for d shared features without tenants; memory in d², tenants × d
///   and a block of rows.
public struct ArmFit: ~Copyable {
  private static let blockRows = 512

  private let statistics: Statistics
  private let features: CellFeatures
  private let arm: Int
  private let prior: Double
  private let ridge: Ridge
  private let factor: CholeskyFactor
  private let theta: Vector
  private let tenants: TenantSums
  /// How well the ridge explains the rows.
  public let evidence: RidgeEvidence

  /// `θ_z`, d numbers: first the features of the cell, then those that vary.
  public var sharedCoefficients: [Double] { theta.elements }

  /// `θ_t` of each tenant.
  public var tenantCoefficients: [Double] {
    let shared = theta.elements
    return (0..<features.tenants).map { tenants.coefficient($0, shared: shared, ridge: ridge.tenant) }
  }

  private var width: Int { features.width + statistics.varying }

  /// Fits the arm.
  /// - Parameters:
  ///   - statistics: the sums of the rows.
  ///   - arm: the arm, an index in the statistics.
  ///   - prior: the arm's prior quality, in [0,1].
  ///   - features: the shared features of each cell.
  ///   - ridge: the diagonal Λ.
  ///   - order: the cells in an order that no order of arrival changes, for the sums over cells are rounded.
  ///   - name: the arm's name, for errors.
  /// - Throws: `LinUCBError` that names the arm and the number.
  public init(
    _ statistics: Statistics, arm: Int, prior: Double, features: CellFeatures, ridge: Ridge, order: [Int],
    name: String
  ) throws(LinUCBError) {
    for cell in 0..<statistics.cells {
      let sum = statistics.rewards[cell * statistics.arms + arm]
      guard sum.isFinite else {
        throw .notFinite(arm: name, quantity: "the sum of rewards of cell \(cell)", value: "\(sum)")
      }
    }
    let d = features.width + statistics.varying
    let sums = ArmSums(statistics: statistics, features: features, arm: arm, prior: prior, ridge: ridge, order: order)
    let tenants = sums.tenants()
    var schur = SymmetricMatrix(zeros: d)
    var right = Vector(zeros: d)
    sums.addWithinCells(to: &schur, &right)
    sums.addCells(within: tenants, to: &schur, &right)
    sums.addTenants(tenants, to: &schur, &right)
    schur.addToDiagonal(ridge.shared)
    let moments = right.elements
    let factored = try ArmFit.factor(schur, right, name: name)
    factored.solve(&right)
    let explained =
      zip(moments, right.elements).reduce(0.0) { $0 + $1.0 * $1.1 } + tenants.explained(ridge: ridge.tenant)
    evidence = RidgeEvidence(
      statistics, arm: arm, prior: prior, ridgeCell: ridge.cell, explained: explained,
      logDeterminant: factored.logDeterminant - Double(d) * log(ridge.shared)
        + tenants.logDeterminant(ridge: ridge.tenant), order: order)
    self.statistics = statistics
    self.features = features
    self.arm = arm
    self.prior = prior
    self.ridge = ridge
    self.tenants = tenants
    factor = factored
    theta = right
  }

  private static func factor(
    _ schur: consuming SymmetricMatrix, _ right: borrowing Vector, name: String
  ) throws(LinUCBError) -> CholeskyFactor {
    do {
      try right.requireFinite("the moment vector")
      return try CholeskyFactor(schur, name: "the Schur complement of the shared features")
    } catch {
      throw .algebra(arm: name, error)
    }
  }

  /// `θ_c = (y_c - s_c·θ_z - n_c θ_t) / (n_c + λ_c)` of each cell.
  public func cellCoefficients() -> [Double] {
    let ofTenants = tenantCoefficients
    return (0..<statistics.cells).map { cell in
      let pair = cell * statistics.arms + arm
      let weight = statistics.weights[pair]
      var product = features.tenant(cell: cell).map { weight * ofTenants[$0] } ?? 0
      features.forEachActiveFeature(cell: cell) { product += weight * theta[$0] }
      for feature in 0..<statistics.varying {
        product += statistics.sums[pair * statistics.varying + feature] * theta[features.width + feature]
      }
      return (statistics.rewards[pair] - prior * weight - product) / (weight + ridge.cell)
    }
  }

  /// The estimates of many contexts, in blocks for BLAS 3.
  ///
  /// With `m = s/(n + λ)` of the context's cell and u the part of `[z ; e_tenant] - m` that is left when the tenant is
  /// eliminated too, the mean is `q + y/(n + λ) + (z - m)·θ` and the squared width
  /// `uᵀ S⁻¹ u + δ²/(N + λ_t) + 1/(n + λ)` with `δ = λ/(n + λ)`; a cell never seen has n = 0, s = 0, y = 0, and a
  /// context without a tenant has no such term.
  /// - Parameters:
  ///   - count: how many contexts.
  ///   - cell: the number of a context's cell; nil, or one past the statistics, for a cell never seen.
  ///   - tenant: the number of a context's tenant; nil for none.
  ///   - fill: writes a context's z (d numbers, zeros before).
  public func estimates(
    count: Int, cell: (Int) -> Int?, tenant: (Int) -> Int? = { _ in nil },
    context fill: (Int, inout MutableSpan<Double>) -> Void
  ) -> [Estimate] {
    var result: [Estimate] = []
    result.reserveCapacity(count)
    var block = RowBlock(capacity: ArmFit.blockRows, columns: width)
    var start = 0
    while start < count {
      let end = min(start + ArmFit.blockRows, count)
      for index in start..<end {
        let (cell, tenant) = (known(cell(index)), tenant(index))
        block.append { row in
          fill(index, &row)
          subtractCellMean(cell: cell, from: &row)
          if let tenant { tenants.eliminate(tenant, share: share(cell: cell), from: &row, ridge: ridge.tenant) }
        }
      }
      let products = block.products(with: theta)
      let squares = factor.squaredLengths(of: &block)
      for index in start..<end {
        let (cell, tenant) = (known(cell(index)), tenant(index))
        let pair = cell.map { $0 * statistics.arms + arm }
        let weight = pair.map { statistics.weights[$0] } ?? 0
        let residual = pair.map { statistics.rewards[$0] - prior * weight } ?? 0
        let own =
          tenant.map { tenants.effect($0, share: share(cell: cell), ridge: ridge.tenant) } ?? (mean: 0, square: 0)
        result.append(
          Estimate(
            mean: prior + residual / (weight + ridge.cell) + products[index - start] + own.mean,
            width: (squares[index - start] + own.square + 1 / (weight + ridge.cell)).squareRoot()))
      }
      block.removeAll()
      start = end
    }
    return result
  }

  private func known(_ cell: Int?) -> Int? {
    guard let cell, cell < statistics.cells else { return nil }
    return cell
  }

  /// `λ/(n + λ)`, what the elimination of the cell leaves of a feature that is 1 in all its rows.
  private func share(cell: Int?) -> Double {
    guard let cell else { return 1 }
    return 1 / (1 + statistics.weights[cell * statistics.arms + arm] / ridge.cell)
  }

  private func subtractCellMean(cell: Int?, from row: inout MutableSpan<Double>) {
    guard let cell else { return }
    let pair = cell * statistics.arms + arm
    let weight = statistics.weights[pair]
    guard weight > 0 else { return }
    let share = 1 / (weight + ridge.cell)
    features.forEachActiveFeature(cell: cell) { row[$0] -= weight * share }
    for feature in 0..<statistics.varying {
      row[features.width + feature] -= statistics.sums[pair * statistics.varying + feature] * share
    }
  }
}
