import Outcomes
import Research
import Testing

@Suite struct CostQualityCurveTests {
  private typealias Point = CostQualityCurve.Point

  private static func random(seed: UInt64) -> [CostQualityCurve.Point] {
    var generator = SeededGenerator(seed: seed)
    return (0..<2 + generator.index(below: 9)).map { _ in
      Point(cost: 0.1 + generator.uniform(), quality: (generator.uniform() * 8).rounded() / 8)
    }
  }

  @Test("the hull keeps the corners that no mix of others beats")
  func corners() {
    let curve = CostQualityCurve([
      Point(cost: 4, quality: 0.9), Point(cost: 1, quality: 0.2), Point(cost: 2, quality: 0.6),
      Point(cost: 3, quality: 0.7),
      Point(cost: 2, quality: 0.5), Point(cost: 5, quality: 0.8),
    ])
    #expect(curve.points.map(\.cost) == [1, 2, 4])
    #expect(
      abs(curve.quality(atCost: 3) - 0.75) < 1e-12 && curve.quality(atCost: 0.5) == 0 && curve.quality(atCost: 9) == 0.9
    )
    #expect(curve.cost(ofQuality: 0.75).map { abs($0 - 3) < 1e-12 } == true)
    #expect(curve.cost(ofQuality: 0.1) == 1 && curve.cost(ofQuality: 0.91) == nil)
    // 0.4 from 1 to 2, 0.75 from 2 to 4, and nothing below 1.
    #expect(abs(curve.meanQuality(over: 1...4) - (0.4 + 2 * 0.75) / 3) < 1e-12)
    #expect(abs(curve.meanQuality(over: 0...4) - (0.4 + 2 * 0.75) / 4) < 1e-12)
    #expect(abs(curve.meanQuality(over: 4...6) - 0.9) < 1e-12)
  }

  @Test("no mix of two policies lies above the hull, and each point of it is one", arguments: 0..<60 as Range<UInt64>)
  func hull(seed: UInt64) {
    let points = CostQualityCurveTests.random(seed: seed)
    let curve = CostQualityCurve(points)
    for first in points {
      for second in points {
        for share in [0, 0.25, 0.5, 1] {
          let cost = share * first.cost + (1 - share) * second.cost
          let quality = share * first.quality + (1 - share) * second.quality
          #expect(curve.quality(atCost: cost) >= quality - 1e-9, "seed \(seed)")
        }
      }
    }
    #expect(curve.points.allSatisfy(points.contains), "seed \(seed)")
    #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.cost < $1.cost && $0.quality < $1.quality })
  }

  @Test("the mean height is the sum of many small steps", arguments: 0..<20 as Range<UInt64>)
  func area(seed: UInt64) {
    let curve = CostQualityCurve(CostQualityCurveTests.random(seed: seed))
    let steps = 20_000
    let sum = (0..<steps).reduce(0.0) { $0 + curve.quality(atCost: 0.05 + 1.2 * (Double($1) + 0.5) / Double(steps)) }
    #expect(abs(curve.meanQuality(over: 0.05...1.25) - sum / Double(steps)) < 1e-3, "seed \(seed)")
  }
}
