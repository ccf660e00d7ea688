internal import Outcomes

/// The cluster bootstrap of a paired lift (Davison and Hinkley 1997, section 3.8): groups of agents are drawn with
/// replacement, and the mean of the drawn rows is taken.
///
/// Percentiles are expanded about the mean (Hesterberg 2015, section 4.5) by what Student's t with the effective number
/// of groups, and the standard error that `PairedDifference` vouches for, ask for beyond the normal distribution and the
/// draws. It assumes that groups are independent of each other.
public struct ClusterBootstrap: Sendable {
  private let difference: PairedDifference
  private let sorted: [Double]
  private let spread: Double

  /// Draws groups. The same seed draws the same ones. Of a single group nothing can be told, unless no row differs.
  public init(_ difference: PairedDifference, draws: Int, seed: UInt64) {
    self.difference = difference
    let groups = difference.groupWeights.indices.filter { difference.groupWeights[$0] > 0 }
    let sums = groups.map { difference.groupSums[$0] }
    let weights = groups.map { difference.groupWeights[$0] }
    var generator = SeededGenerator(seed: seed)
    var values: [Double] = []
    values.reserveCapacity(draws)
    for _ in 0..<(groups.isEmpty ? 0 : draws) {
      var drawnSum = 0.0
      var drawnWeight = 0.0
      for _ in groups {
        let group = generator.index(below: groups.count)
        drawnSum += sums[group]
        drawnWeight += weights[group]
      }
      values.append(drawnSum / drawnWeight)
    }
    sorted = values.sorted()
    var moments = Moments()
    for value in values { moments.add(value) }
    spread = moments.variance.squareRoot()
  }

  /// The bound that the lift is above with confidence `1 - error`.
  ///
  /// Where fewer than ten draws lie beyond it, it is Student's bound, for so far out the draws no longer tell.
  public func lower(error: Double) -> Double { difference.mean - margin(error: error, sign: 1) }

  /// The bound that the lift is below with confidence `1 - error`.
  public func upper(error: Double) -> Double { difference.mean + margin(error: error, sign: -1) }

  /// How far from the mean the bound lies, downwards for the sign 1 and upwards for -1.
  private func margin(error: Double, sign: Double) -> Double {
    if difference.isIdentical { return 0 }
    guard difference.groups > 1, !sorted.isEmpty else { return .infinity }
    let student = difference.studentTMargin(error: error)
    guard spread > 0, error < 0.5 else { return student }
    let expansion = student / (-NormalDistribution.quantile(error) * spread)
    let place = error * Double(sorted.count)
    guard place >= 10 else { return student }
    let rank = Int(place.rounded(.down)) - 1
    let drawn = sign > 0 ? sorted[rank] : sorted[sorted.count - 1 - rank]
    return sign * (difference.mean - drawn) * expansion
  }
}
