internal import LinearAlgebra

/// What the elimination of cells and tenants adds to one arm's matrix and moments, by blocks of rows for BLAS 3.
struct ArmSums {
  private static let blockRows = 512

  let statistics: Statistics
  let features: CellFeatures
  let arm: Int
  let prior: Double
  let ridge: Ridge
  let order: [Int]

  private var width: Int { features.width + statistics.varying }

  /// The weight of a cell after its elimination, `n λ/(n + λ)`, and its moment, `y λ/(n + λ)`.
  @inline(__always)
  private func reduced(_ pair: Int) -> (weight: Double, moment: Double) {
    let weight = statistics.weights[pair]
    let share = 1 / (1 + weight / ridge.cell)
    return (weight * share, (statistics.rewards[pair] - prior * weight) * share)
  }

  /// Calls `body` with each feature of the cell's mean row and its value.
  @inline(__always)
  private func forEachMean(cell: Int, pair: Int, _ body: (Int, Double) -> Void) {
    features.forEachActiveFeature(cell: cell) { body($0, 1) }
    let scale = 1 / statistics.weights[pair]
    for feature in 0..<statistics.varying {
      body(features.width + feature, statistics.sums[pair * statistics.varying + feature] * scale)
    }
  }

  /// The sums over the cells of each tenant.
  func tenants() -> TenantSums {
    var result = TenantSums(tenants: features.tenants, width: width)
    for cell in order {
      let pair = cell * statistics.arms + arm
      guard statistics.weights[pair] > 0, let tenant = features.tenant(cell: cell) else { continue }
      let (weight, moment) = reduced(pair)
      result.add(tenant, weight: weight, moment: moment)
      forEachMean(cell: cell, pair: pair) { result.add(tenant, feature: $0, weight * $1) }
    }
    return result
  }

  /// Adds the scatter of the varying features within the cells, and their moments.
  func addWithinCells(to schur: inout SymmetricMatrix, _ right: inout Vector) {
    let varying = statistics.varying
    guard varying > 0 else { return }
    var between = SymmetricMatrix(zeros: varying)
    var block = RowBlock(capacity: ArmSums.blockRows, columns: varying)
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
        schur[features.width + row, features.width + column] += statistics.grams[arm][index] - between[row, column]
        index += 1
      }
      right[features.width + row] += statistics.moments[arm * varying + row] - prior * totals[row]
    }
  }

  /// Adds the scatter of the cells' mean rows within their tenants, and what is left of the moments: of a constant
  /// feature `y λ/(n + λ)`, and of one that varies minus `s y/(n + λ)`, for its whole moment is there already.
  func addCells(within tenants: TenantSums, to schur: inout SymmetricMatrix, _ right: inout Vector) {
    let varying = statistics.varying
    var block = RowBlock(capacity: ArmSums.blockRows, columns: width)
    for cell in order {
      let pair = cell * statistics.arms + arm
      guard statistics.weights[pair] > 0 else { continue }
      let (weight, moment) = reduced(pair)
      let root = weight.squareRoot()
      block.append { row in
        forEachMean(cell: cell, pair: pair) { row[$0] = $1 }
        if let tenant = features.tenant(cell: cell) { tenants.subtractMean(tenant, from: &row) }
        for feature in row.indices { row[feature] *= root }
      }
      features.forEachActiveFeature(cell: cell) { right[$0] += moment }
      let shrunk =
        (statistics.rewards[pair] - prior * statistics.weights[pair]) / (statistics.weights[pair] + ridge.cell)
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

  /// Adds the tenants' mean rows with the weight `N λ_t/(N + λ_t)`, and takes from the moments `q h/(N + λ_t)`.
  func addTenants(_ tenants: TenantSums, to schur: inout SymmetricMatrix, _ right: inout Vector) {
    var block = RowBlock(capacity: ArmSums.blockRows, columns: width)
    for tenant in 0..<features.tenants where tenants.weights[tenant] > 0 {
      block.append { row in tenants.writeReduced(tenant, to: &row, ridge: ridge.tenant) }
      let share = tenants.moments[tenant] / (tenants.weights[tenant] + ridge.tenant)
      for feature in 0..<width { right[feature] -= tenants.sum(tenant, feature) * share }
      if block.isFull {
        schur.addGram(of: block)
        block.removeAll()
      }
    }
    schur.addGram(of: block)
  }
}
