import Outcomes
import Replay
import Testing

@Suite struct ClusterBootstrapTests {
  @Test("the interval covers a true mean of 0 about as often as it says", arguments: [11, 12] as [UInt64])
  func covers(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let trials = 200
    var covered = 0
    for trial in 0..<trials {
      let rows = (0..<120).map { _ in 1 + generator.index(below: 20) }
      let sums = rows.map { count in (0..<count).reduce(0.0) { sum, _ in sum + generator.uniform() - 0.5 } }
      let bootstrap = ClusterBootstrap(
        ClusterBootstrapTests.difference(sums, rows), draws: 400, seed: UInt64(trial))
      if bootstrap.lower(error: 0.05) <= 0 && bootstrap.upper(error: 0.05) >= 0 { covered += 1 }
    }
    #expect((165...198).contains(covered), "covered \(covered) of \(trials), seed \(seed)")
  }

  private static func difference(_ sums: [Double], _ rows: [Int]) -> PairedDifference {
    var moments = Moments()
    for (sum, count) in zip(sums, rows) { for _ in 0..<count { moments.add(sum / Double(count)) } }
    return PairedDifference(rows: moments, groupSums: sums, groupWeights: rows.map(Double.init), range: nil)
  }

  @Test("bounds move outwards as the level shrinks, also beyond the draws")
  func isMonotone() {
    let sums = (0..<50).map { Double($0 % 7) - 3 }
    let difference = ClusterBootstrapTests.difference(sums, Array(repeating: 2, count: 50))
    let bootstrap = ClusterBootstrap(difference, draws: 500, seed: 3)
    let bounds = [0.2, 0.05, 0.02, 0.005, 1e-4, 1e-8].map { bootstrap.lower(error: $0) }
    #expect(bounds == bounds.sorted(by: >))
  }

  @Test("the normal quantile is the inverse of the distribution", arguments: [1e-9, 0.0152, 0.05, 0.5, 0.9, 0.999])
  func quantile(p: Double) {
    #expect(abs(NormalDistribution.cumulative(NormalDistribution.quantile(p)) - p) < 1e-12 + 1e-9 * p)
  }

  @Test("all tries together spend five percent")
  func spends() {
    let spent = (1...100_000).reduce(0.0) { $0 + AlphaSpending.level(try: $1) }
    #expect(spent < 0.05 && spent > 0.0499)
  }
}
