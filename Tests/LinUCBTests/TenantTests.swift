import LinUCB
import Outcomes
import TestSupport
import Testing

/// The elimination of tenants, against the whole matrix solved by Gauss.
@Suite struct TenantTests {
  private struct Row {
    let cell: Int
    let reward: Double
    let weight: Double
    let tokens: Double
  }

  private static let ridge = Ridge(shared: 0.7, tenant: 11, cell: 6)
  private static let prior = 0.6

  private static let cells = ["u1", "u2", "u3"].flatMap { tenant in
    ["a", "b"].flatMap { task in ["x", "y"].map { Cell(task: task, tenant: tenant, band: $0) } }
  }

  private static func rows(seed: UInt64) -> [Row] {
    var generator = SeededGenerator(seed: seed)
    return (0..<400).map { _ in
      // The last cell is never seen.
      Row(
        cell: generator.index(below: cells.count - 1), reward: Double(generator.index(below: 5)) / 4,
        weight: generator.uniform() < 0.3 ? 0.25 : 1, tokens: Double(generator.index(below: 4000)) / 1024)
    }
  }

  /// `[1, a, b, x, y, tokens, u1, u2, u3, cell…]`.
  private static func context(_ cell: Int, tokens: Double, tenant: Int?) -> [Double] {
    let of = cells[cell]
    var x = [1, of.task == "a" ? 1 : 0, of.task == "b" ? 1 : 0, of.band == "x" ? 1 : 0, of.band == "y" ? 1 : 0, tokens]
    x += (0..<3).map { $0 == tenant ? 1 : 0 }
    return x + cells.indices.map { $0 == cell ? 1 : 0 }
  }

  private static var diagonal: [Double] {
    [Double](repeating: ridge.shared, count: 6) + [Double](repeating: ridge.tenant, count: 3)
      + [Double](repeating: ridge.cell, count: cells.count)
  }

  private static func matrix(_ rows: [Row]) -> (a: [[Double]], b: [Double]) {
    var a = diagonal.indices.map { row in diagonal.indices.map { $0 == row ? diagonal[row] : 0 } }
    var b = [Double](repeating: 0, count: diagonal.count)
    for row in rows {
      let x = context(row.cell, tokens: row.tokens, tenant: row.cell / 4)
      for i in x.indices where x[i] != 0 {
        b[i] += row.weight * x[i] * (row.reward - prior)
        for j in x.indices { a[i][j] += row.weight * x[i] * x[j] }
      }
    }
    return (a, b)
  }

  /// The solution of `A x = b`, and `ln|A|`, by Gauss with pivots.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> (x: [Double], logDeterminant: Double) {
    var (a, b, logDeterminant) = (matrix, right, 0.0)
    for column in a.indices {
      let pivot = (column..<a.count).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      logDeterminant += logarithm(abs(a[column][column]))
      for row in (column + 1)..<max(a.count, column + 1) {
        let factor = a[row][column] / a[column][column]
        for entry in column..<a.count { a[row][entry] -= factor * a[column][entry] }
        b[row] -= factor * b[column]
      }
    }
    for row in a.indices.reversed() {
      for entry in (row + 1)..<max(a.count, row + 1) { b[row] -= a[row][entry] * b[entry] }
      b[row] /= a[row][row]
    }
    return (b, logDeterminant)
  }

  private static func fit(_ rows: [Row], tokens: Bool = true) throws -> ArmFit {
    var builder = StatisticsBuilder(arms: 1, varying: 1)
    for row in rows {
      builder.add(
        cell: row.cell, arm: 0, reward: row.reward, rootWeight: row.weight.squareRoot(), varying: [row.tokens].span)
    }
    let statistics = builder.finish()
    return try ArmFit(
      statistics, arm: 0, prior: prior, features: CellFeatures(cells: cells), ridge: ridge,
      order: Array(0..<statistics.cells), name: "a")
  }

  @Test("tenants and cells eliminated give what the whole matrix gives", arguments: [1, 2, 3] as [UInt64])
  func agrees(seed: UInt64) throws {
    let rows = TenantTests.rows(seed: seed)
    let (a, b) = TenantTests.matrix(rows)
    let theta = TenantTests.solve(a, b).x
    let fit = try TenantTests.fit(rows)
    #expect(areClose(fit.sharedCoefficients, Array(theta[..<6])), "seed \(seed)")
    #expect(areClose(fit.tenantCoefficients, Array(theta[6..<9])), "seed \(seed)")
    #expect(areClose(fit.cellCoefficients() + [0], Array(theta[9...])), "seed \(seed)")
    // Seen cells, the cell never seen of a known tenant, and a tenant that training never saw.
    let probes: [(cell: Int, tenant: Int?)] = [(0, 0), (5, 1), (10, 2), (11, 2), (11, nil)]
    let estimates = fit.estimates(
      count: probes.count, cell: { probes[$0].cell == 11 ? nil : probes[$0].cell }, tenant: { probes[$0].tenant }
    ) { probe, row in
      let x = TenantTests.context(probes[probe].cell, tokens: 2.5, tenant: nil)
      for feature in 0..<6 { row[feature] = x[feature] }
    }
    for (probe, estimate) in zip(probes, estimates) {
      let x = TenantTests.context(probe.cell, tokens: 2.5, tenant: probe.tenant)
      let mean = TenantTests.prior + zip(x, theta).reduce(0) { $0 + $1.0 * $1.1 }
      let square = zip(x, TenantTests.solve(a, x).x).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(
        isClose(estimate.mean, mean) && isClose(estimate.width * estimate.width, square), "\(probe), seed \(seed)")
    }
  }

  @Test("the marginal likelihood is that of the whole matrix", arguments: [4, 5] as [UInt64])
  func likelihood(seed: UInt64) throws {
    let rows = TenantTests.rows(seed: seed)
    let (a, b) = TenantTests.matrix(rows)
    let (theta, logDeterminant) = TenantTests.solve(a, b)
    let squares = rows.reduce(0) { $0 + $1.weight * ($1.reward - TenantTests.prior) * ($1.reward - TenantTests.prior) }
    let variance = (squares - zip(b, theta).reduce(0) { $0 + $1.0 * $1.1 }) / Double(rows.count)
    let expected =
      Double(rows.count) * logarithm(variance) + logDeterminant - TenantTests.diagonal.map(logarithm).reduce(0, +)
    let evidence = try TenantTests.fit(rows).evidence
    #expect(isClose(evidence.residualVariance, variance) && evidence.rows == rows.count, "seed \(seed)")
    #expect(isClose(evidence.deviance, expected), "seed \(seed)")
  }

  @Test("thousands of tenants are fitted without a matrix of their number, and one that is bad is seen to be")
  func manyTenants() throws {
    var directory = CellDirectory()
    var builder = StatisticsBuilder(arms: 1)
    var generator = SeededGenerator(seed: 6)
    for tenant in 0..<5000 {
      let cell = directory.number(of: Cell(task: "code", tenant: "t\(tenant)", band: "cost"))
      for _ in 0..<40 {
        let isGood = generator.uniform() < (tenant == 4321 ? 0.2 : 0.9)
        builder.add(cell: cell, arm: 0, reward: isGood ? 1 : 0, rootWeight: 1)
      }
    }
    let regression = Regression(builder.finish(), directory: directory, priors: [0.5], names: ["a"])
    let table = try Table(regression, ridge: Ridge())
    let means = Dictionary(uniqueKeysWithValues: zip(table.cells.map(\.tenant), table.estimates.map(\.mean)))
    #expect(abs((means["*"] ?? 0) - 0.9) < 0.01)
    #expect((means["t4321"] ?? 1) < 0.5)
    #expect(means.values.count { $0 < 0.5 } == 1)
  }
}
