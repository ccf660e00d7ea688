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
  /// `σ̂` of each arm: the standard error of an estimate's mean is `σ̂ · width`. 0 of an arm without rows.
  public let residualStandardDeviations: [Double]

  /// Fits every arm and reads the table off.
  /// - Throws: `LinUCBError` that names the arm and the number.
  public init(_ regression: Regression, ridge: Ridge) throws(LinUCBError) {
    let (arms, statistics, features) = (regression.arms, regression.statistics, regression.features)
    let numbers = regression.order + regression.fallbacks.indices.map { statistics.cells + $0 }
    var estimates = [Estimate](repeating: Estimate(mean: 0, width: 0), count: numbers.count * arms)
    var deviations: [Double] = []
    for arm in 0..<arms {
      let fit = try regression.fit(arm: arm, ridge: ridge)
      deviations.append(fit.evidence.residualStandardDeviation)
      let column = fit.estimates(
        count: numbers.count, cell: { numbers[$0] }, tenant: { features.tenant(cell: numbers[$0]) }
      ) { index, row in
        let cell = numbers[index]
        features.forEachActiveFeature(cell: cell) { row[$0] = 1 }
        guard cell < statistics.cells else { return }
        statistics.writeMeanVarying(cell: cell, to: &row, from: features.width)
      }
      for (index, estimate) in column.enumerated() { estimates[index * arms + arm] = estimate }
    }
    self.arms = arms
    self.estimates = estimates
    residualStandardDeviations = deviations
    cells = regression.order.map { regression.directory.cells[$0] } + regression.fallbacks
    counts =
      regression.order.flatMap { statistics.counts[$0 * arms..<($0 + 1) * arms] }
      + [Int32](repeating: 0, count: regression.fallbacks.count * arms)
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
