public import Outcomes

/// The fit read off at every training cell, and at every pair of task and band for a tenant that training never saw.
public struct Table: Sendable, Equatable {
  /// The training cells in the order of their bytes, then the fallback cells `task:*:band`.
  public let cells: [Cell]
  /// Rows of each cell and arm, `cells × arms`; 0 in fallback cells.
  public let counts: [Int32]
  /// Estimates of each cell and arm, `cells × arms`, at the cell's weighted mean context.
  public let estimates: [Estimate]
  /// The number of arms.
  public let arms: Int

  /// Fits every arm and reads the table off.
  /// - Parameters:
  ///   - statistics: the sums of the training rows; its varying features are standardised here.
  ///   - cells: the cells by the statistics' numbers.
  ///   - priors: the prior of each arm, in [0,1].
  ///   - names: the name of each arm, for errors.
  /// - Throws: `LinUCBError` that names the arm and the number.
  public init(
    _ statistics: Statistics, directory: CellDirectory, priors: [Double], names: [String], ridge: Ridge
  ) throws(LinUCBError) {
    let arms = statistics.arms
    let order = directory.canonicalOrder(first: statistics.cells)
    let seen = directory.cells.prefix(statistics.cells)
    let fallbacks = Table.fallbacks(of: seen)
    let features = CellFeatures(cells: Array(seen) + fallbacks)
    let standardized = statistics.standardized(by: statistics.standardizations())
    let numbers = order + fallbacks.indices.map { statistics.cells + $0 }
    var estimates = [Estimate](repeating: Estimate(mean: 0, width: 0), count: numbers.count * arms)
    for arm in 0..<arms {
      let fit = try ArmFit(
        standardized, arm: arm, prior: priors[arm], features: features, ridge: ridge, order: order, name: names[arm])
      let column = fit.estimates(count: numbers.count, cell: { numbers[$0] }) { index, row in
        let cell = numbers[index]
        features.forEachOne(cell: cell) { row[$0] = 1 }
        guard cell < standardized.cells else { return }
        standardized.writeMeanVarying(cell: cell, to: &row, from: features.width)
      }
      for (index, estimate) in column.enumerated() { estimates[index * arms + arm] = estimate }
    }
    self.arms = arms
    self.estimates = estimates
    self.cells = order.map { directory.cells[$0] } + fallbacks
    counts =
      order.flatMap { statistics.counts[$0 * arms..<($0 + 1) * arms] }
      + [Int32](repeating: 0, count: fallbacks.count * arms)
  }

  private static func fallbacks(of cells: some Collection<Cell>) -> [Cell] {
    let byBytes: (String, String) -> Bool = { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let bands = Set(cells.map(\.band)).sorted(by: byBytes)
    return Set(cells.map(\.task)).sorted(by: byBytes).flatMap { task in
      bands.map { Cell(task: task, tenant: "*", band: $0) }
    }
  }
}

extension Statistics {
  /// Writes the weighted means over all arms of a cell's varying features, from this place on.
  func writeMeanVarying(cell: Int, to row: inout MutableSpan<Double>, from offset: Int) {
    guard varying > 0 else { return }
    let weight = weights[cell * arms..<(cell + 1) * arms].reduce(0, +)
    guard weight > 0 else { return }
    for arm in 0..<arms {
      for feature in 0..<varying {
        row[offset + feature] += sums[(cell * arms + arm) * varying + feature] / weight
      }
    }
  }
}
