internal import LinearAlgebra

/// Adds rows to statistics, gathering the varying features of each arm in blocks for BLAS 3.
public struct StatisticsBuilder: ~Copyable {
  private final class Gather {
    var block: RowBlock
    var weightedRewards: [Double] = []

    init(varying: Int) { block = RowBlock(capacity: 256, columns: varying) }
  }

  private var statistics: Statistics
  private let gathers: [Gather]

  /// Makes a builder for this many arms and shared features that vary within a cell.
  public init(arms: Int, varying: Int = 0) {
    statistics = Statistics(arms: arms, varying: varying)
    gathers = varying == 0 ? [] : (0..<arms).map { _ in Gather(varying: varying) }
  }

  /// Adds a row without varying features. `rootWeight` is the square root of its weight.
  @inline(__always)
  public mutating func add(cell: Int, arm: Int, reward: Double, rootWeight: Double) {
    statistics.reserve(cell: cell)
    statistics.add(cell: cell, arm: arm, weight: rootWeight * rootWeight, reward: reward)
  }

  /// Adds a row with its varying features.
  public mutating func add(cell: Int, arm: Int, reward: Double, rootWeight: Double, varying: Span<Double>) {
    precondition(varying.count == statistics.varying)
    add(cell: cell, arm: arm, reward: reward, rootWeight: rootWeight)
    guard statistics.varying > 0 else { return }
    let pair = cell * statistics.arms + arm
    for feature in varying.indices {
      statistics.addVarying(pair: pair, feature: feature, weightedValue: rootWeight * rootWeight * varying[feature])
    }
    let gather = gathers[arm]
    gather.block.append { row in
      for feature in varying.indices { row[feature] = rootWeight * varying[feature] }
    }
    gather.weightedRewards.append(rootWeight * reward)
    if gather.block.isFull { flush(arm) }
  }

  private mutating func flush(_ arm: Int) {
    let gather = gathers[arm]
    var gram = SymmetricMatrix(zeros: statistics.varying)
    gram.addGram(of: gather.block)
    var moment = Vector(zeros: statistics.varying)
    gather.block.addTransposedProduct(with: gather.weightedRewards, to: &moment)
    statistics.addGram(arm: arm, lowerTriangle: gram.lowerTriangle, moment: moment.elements)
    gather.block.removeAll()
    gather.weightedRewards.removeAll(keepingCapacity: true)
  }

  /// The statistics of all rows added.
  public consuming func finish() -> Statistics {
    for arm in gathers.indices { flush(arm) }
    return statistics
  }
}
