internal import LinearAlgebra

/// One arm's ridge regression on `[z ; e_cell]`, solved exactly without forming the matrix of the cells.
///
/// Disjoint LinUCB (Li, Chu, Langford, Schapire 2010, algorithm 1), centred on the arm's prior q. The matrix
/// `A = Λ + Σ w x xᵀ` is an arrowhead: with `n = Σ w`, `s = Σ w z` and `y = Σ w (r - q)` for each cell, the Schur
/// complement is `S = λ_z I + G - Σ s sᵀ / (n + λ_c)`. It is summed as
/// `λ_z I + (G - Σ s sᵀ / n) + Σ s sᵀ λ_c / (n (n + λ_c))`, where all terms are positive: what is constant within a cell
/// cancels from the middle one, so only features that vary within a cell are ever subtracted. Time is in
/// cells × d², memory in d² and a block of rows.
public struct ArmFit: ~Copyable {
  private static let blockRows = 512

  private let statistics: Statistics
  private let features: CellFeatures
  private let arm: Int
  private let prior: Double
  private let ridge: Ridge
  private let factor: CholeskyFactor
  private let theta: Vector

  /// `θ_z`, d numbers: first the features of the cell, then those that vary.
  public var sharedCoefficients: [Double] { theta.elements }

  private var width: Int { features.width + statistics.varying }

  /// Fits the arm.
  /// - Parameters:
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
    var schur = SymmetricMatrix(zeros: d)
    var right = Vector(zeros: d)
    ArmFit.addWithinCells(statistics, arm, offset: features.width, prior, order, to: &schur, &right)
    ArmFit.addBetweenCells(statistics, arm, features, prior, ridge, order, to: &schur, &right)
    schur.addToDiagonal(ridge.shared)
    let factored = try ArmFit.factor(schur, right, name: name)
    factored.solve(&right)
    self.statistics = statistics
    self.features = features
    self.arm = arm
    self.prior = prior
    self.ridge = ridge
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

  /// Adds the scatter of the varying features within the cells, and their moments.
  private static func addWithinCells(
    _ statistics: Statistics, _ arm: Int, offset: Int, _ prior: Double, _ order: [Int],
    to schur: inout SymmetricMatrix, _ right: inout Vector
  ) {
    let varying = statistics.varying
    guard varying > 0 else { return }
    var between = SymmetricMatrix(zeros: varying)
    var block = RowBlock(capacity: blockRows, columns: varying)
    var totals = [Double](repeating: 0, count: varying)
    for cell in order {
      let pair = cell * statistics.arms + arm
      let weight = statistics.weights[pair]
      guard weight > 0 else { continue }
      for feature in 0..<varying { totals[feature] += statistics.sums[pair * varying + feature] }
      block.append { row in
        let scale = 1 / weight.squareRoot()
        for feature in 0..<varying { row[feature] = statistics.sums[pair * varying + feature] * scale }
      }
      if block.isFull {
        between.addGram(of: block)
        block.removeAll()
      }
    }
    between.addGram(of: block)
    var index = 0
    for row in 0..<varying {
      for column in 0...row {
        schur[offset + row, offset + column] += statistics.grams[arm][index] - between[row, column]
        index += 1
      }
      right[offset + row] += statistics.moments[arm * varying + row] - prior * totals[row]
    }
  }

  /// Adds `Σ s sᵀ λ / (n (n + λ))` to the matrix, and to the right-hand side what is left of the moments:
  /// `n u y/n - s y / (n + λ)`, where u are the features of the cell.
  private static func addBetweenCells(
    _ statistics: Statistics, _ arm: Int, _ features: CellFeatures, _ prior: Double, _ ridge: Ridge, _ order: [Int],
    to schur: inout SymmetricMatrix, _ right: inout Vector
  ) {
    let varying = statistics.varying
    var block = RowBlock(capacity: blockRows, columns: features.width + varying)
    for cell in order {
      let pair = cell * statistics.arms + arm
      let weight = statistics.weights[pair]
      guard weight > 0 else { continue }
      let residual = statistics.rewards[pair] - prior * weight
      let scale = 1 / (weight * (1 + weight / ridge.cell)).squareRoot()
      let shrunk = residual / (weight + ridge.cell)
      block.append { row in
        features.forEachOne(cell: cell) { row[$0] = weight * scale }
        for feature in 0..<varying {
          row[features.width + feature] = statistics.sums[pair * varying + feature] * scale
        }
      }
      features.forEachOne(cell: cell) { right[$0] += residual / (1 + weight / ridge.cell) }
      for feature in 0..<varying {
        right[features.width + feature] -= statistics.sums[pair * varying + feature] * shrunk
      }
      if block.isFull {
        schur.addGram(of: block)
        block.removeAll()
      }
    }
    schur.addGram(of: block)
  }

  /// `θ_c = (y_c - s_c·θ_z) / (n_c + λ_c)` of each cell.
  public func cellCoefficients() -> [Double] {
    (0..<statistics.cells).map { cell in
      let pair = cell * statistics.arms + arm
      let weight = statistics.weights[pair]
      var product = 0.0
      features.forEachOne(cell: cell) { product += weight * theta[$0] }
      for feature in 0..<statistics.varying {
        product += statistics.sums[pair * statistics.varying + feature] * theta[features.width + feature]
      }
      return (statistics.rewards[pair] - prior * weight - product) / (weight + ridge.cell)
    }
  }

  /// The estimates of many contexts, in blocks for BLAS 3.
  ///
  /// The mean is `q + y/(n + λ) + (z - m)·θ_z` and the squared width `(z - m)ᵀ S⁻¹ (z - m) + 1/(n + λ)`, with
  /// `m = s/(n + λ)`; a cell never seen has n = 0, s = 0, y = 0.
  /// - Parameters:
  ///   - count: how many contexts.
  ///   - cell: the number of a context's cell; nil, or one past the statistics, for a cell never seen.
  ///   - fill: writes a context's z (d numbers, zeros before).
  public func estimates(
    count: Int, cell: (Int) -> Int?, context fill: (Int, inout MutableSpan<Double>) -> Void
  ) -> [Estimate] {
    var result: [Estimate] = []
    result.reserveCapacity(count)
    var block = RowBlock(capacity: ArmFit.blockRows, columns: width)
    var start = 0
    while start < count {
      let end = min(start + ArmFit.blockRows, count)
      for index in start..<end {
        block.append { row in
          fill(index, &row)
          subtractCellMean(cell: known(cell(index)), from: &row)
        }
      }
      let products = block.products(with: theta)
      let squares = factor.squaredLengths(of: &block)
      for index in start..<end {
        let pair = known(cell(index)).map { $0 * statistics.arms + arm }
        let weight = pair.map { statistics.weights[$0] } ?? 0
        let residual = pair.map { statistics.rewards[$0] - prior * weight } ?? 0
        result.append(
          Estimate(
            mean: prior + residual / (weight + ridge.cell) + products[index - start],
            width: (squares[index - start] + 1 / (weight + ridge.cell)).squareRoot()))
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

  private func subtractCellMean(cell: Int?, from row: inout MutableSpan<Double>) {
    guard let cell else { return }
    let pair = cell * statistics.arms + arm
    let weight = statistics.weights[pair]
    guard weight > 0 else { return }
    let share = 1 / (weight + ridge.cell)
    features.forEachOne(cell: cell) { row[$0] -= weight * share }
    for feature in 0..<statistics.varying {
      row[features.width + feature] -= statistics.sums[pair * statistics.varying + feature] * share
    }
  }
}
