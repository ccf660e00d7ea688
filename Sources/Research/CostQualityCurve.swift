/// The non-decreasing convex hull of what policies cost and are worth (Hu et al. 2024, RouterBench, section 3): drawing
/// between two policies reaches every point between them.
public struct CostQualityCurve: Sendable {
  /// A policy's mean cost in USD and mean quality in [0,1].
  public struct Point: Sendable, Equatable {
    /// USD for an outcome.
    public let cost: Double
    /// In [0,1].
    public let quality: Double

    /// Places a policy.
    public init(cost: Double, quality: Double) {
      self.cost = cost
      self.quality = quality
    }
  }

  /// The corners of the hull, by rising cost and quality.
  public let points: [Point]

  /// The hull of these points.
  public init(_ all: [Point]) {
    let sorted = all.sorted { $0.cost == $1.cost ? $0.quality > $1.quality : $0.cost < $1.cost }
    var hull: [Point] = []
    for point in sorted {
      if let last = hull.last, point.quality <= last.quality || point.cost == last.cost { continue }
      while hull.count >= 2, CostQualityCurve.isBelow(hull[hull.count - 1], between: hull[hull.count - 2], and: point) {
        hull.removeLast()
      }
      hull.append(point)
    }
    points = hull
  }

  private static func isBelow(_ middle: Point, between first: Point, and last: Point) -> Bool {
    (middle.quality - first.quality) * (last.cost - first.cost)
      <= (last.quality - first.quality) * (middle.cost - first.cost)
  }

  /// The quality that a cost buys; that of the dearest corner beyond it, and 0 below the cheapest.
  public func quality(atCost cost: Double) -> Double {
    guard let first = points.first, let last = points.last, cost >= first.cost else { return 0 }
    for (low, high) in zip(points, points.dropFirst()) where cost <= high.cost {
      return low.quality + (high.quality - low.quality) * (cost - low.cost) / (high.cost - low.cost)
    }
    return last.quality
  }

  /// The cost of a quality; that of the cheapest corner below it, and nil above the best.
  public func cost(ofQuality quality: Double) -> Double? {
    guard let first = points.first, let last = points.last, quality <= last.quality else { return nil }
    guard quality > first.quality else { return first.cost }
    for (low, high) in zip(points, points.dropFirst()) where quality <= high.quality {
      return low.cost + (high.cost - low.cost) * (quality - low.quality) / (high.quality - low.quality)
    }
    return last.cost
  }

  /// The average improvement in quality: the mean height of the curve over costs in a range (RouterBench's AIQ).
  public func meanQuality(over range: ClosedRange<Double>) -> Double {
    guard range.upperBound > range.lowerBound else { return quality(atCost: range.upperBound) }
    let corners = points.map(\.cost).filter { range.contains($0) }
    let costs = [range.lowerBound] + corners + [range.upperBound]
    var area = 0.0
    for (low, high) in zip(costs, costs.dropFirst()) where high > low {
      // Linear between corners; the step at the cheapest corner belongs to its right.
      let left = quality(atCost: low)
      let right = low < (points.first?.cost ?? 0) ? left : quality(atCost: high)
      area += (high - low) * (left + right) / 2
    }
    return area / (range.upperBound - range.lowerBound)
  }
}
