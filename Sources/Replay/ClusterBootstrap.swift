internal import Outcomes

/// The cluster bootstrap of a paired lift (Davison and Hinkley 1997, section 3.8): groups of agents are drawn with
/// replacement, and the mean of the drawn rows is taken.
///
/// It assumes that groups are independent of each other, and that there are some tens of them.
public struct ClusterBootstrap: Sendable {
  private let mean: Double
  private let sorted: [Double]
  /// The standard deviation of the draws.
  public let standardError: Double

  /// Draws from the sums and the number of rows of each group. The same seed draws the same groups.
  public init(groupSums: [Double], groupRows: [Int], draws: Int, seed: UInt64) {
    let groups = groupRows.indices.filter { groupRows[$0] > 0 }
    let rows = groups.reduce(0) { $0 + groupRows[$1] }
    let sum = groups.reduce(0.0) { $0 + groupSums[$1] }
    mean = rows > 0 ? sum / Double(rows) : 0
    var generator = SeededGenerator(seed: seed)
    var values: [Double] = []
    values.reserveCapacity(draws)
    for _ in 0..<(groups.isEmpty ? 0 : draws) {
      var drawnSum = 0.0
      var drawnRows = 0
      for _ in groups {
        let group = groups[generator.index(below: groups.count)]
        drawnSum += groupSums[group]
        drawnRows += groupRows[group]
      }
      values.append(drawnSum / Double(drawnRows))
    }
    sorted = values.sorted()
    let center = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0.0) { $0 + ($1 - center) * ($1 - center) }
    standardError = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
  }

  /// The bound that the lift is above with confidence `1 - level`.
  ///
  /// It is the quantile of the draws; where fewer than ten draws lie beyond that, it is the lesser of the least draw and
  /// the normal bound, for so far out the draws no longer tell.
  public func lower(level: Double) -> Double { bound(level: level, sign: 1) }

  /// The bound that the lift is below with confidence `1 - level`.
  public func upper(level: Double) -> Double { -bound(level: level, sign: -1) }

  private func bound(level: Double, sign: Double) -> Double {
    guard let least = sorted.first, let most = sorted.last else { return -.infinity }
    let place = level * Double(sorted.count)
    if place >= 10 {
      let index = Int(place.rounded(.down)) - 1
      return sign > 0 ? sorted[index] : -sorted[sorted.count - 1 - index]
    }
    let normal = sign * mean + NormalDistribution.quantile(level) * standardError
    return min(sign > 0 ? least : -most, normal)
  }
}
