import Foundation
import LinUCB
import Outcomes
import TestSupport
import Testing

@Suite struct StatisticsTests {
  struct Row {
    let cell: Int
    let arm: Int
    let reward: Double
    let rootWeight: Double
    let tokens: Double
  }

  static func rows(seed: UInt64) -> [Row] {
    var generator = SeededGenerator(seed: seed)
    return (0..<3000).map { _ in
      Row(
        cell: generator.index(below: 24), arm: generator.index(below: 3), reward: Double(generator.index(below: 5)) / 4,
        rootWeight: generator.uniform() < 0.2 ? 0.5 : 1, tokens: Double(generator.index(below: 9000)) / 1024)
    }
  }

  static func sum(_ rows: some Sequence<Row>) -> Statistics {
    var builder = StatisticsBuilder(arms: 3, varying: 1)
    for row in rows {
      builder.add(
        cell: row.cell, arm: row.arm, reward: row.reward, rootWeight: row.rootWeight, varying: [row.tokens].span)
    }
    return builder.finish()
  }

  static var directory: CellDirectory {
    var directory = CellDirectory()
    for number in 0..<24 {
      _ = directory.number(of: Cell(task: "t\(number % 3)", tenant: "u\(number / 6)", band: "b\(number % 2)"))
    }
    return directory
  }

  static func table(_ statistics: Statistics) throws -> Table {
    try Table(
      Regression(statistics, directory: directory, priors: [0.4, 0.6, 0.8], names: ["a", "b", "c"]),
      ridge: Ridge())
  }

  @Test("rows in any order give the same statistics to the bit", arguments: [1, 2, 3] as [UInt64])
  func orderDoesNotMatter(seed: UInt64) throws {
    let rows = StatisticsTests.rows(seed: seed)
    var generator = SeededGenerator(seed: seed &+ 100)
    let shuffled = rows.shuffled(using: &generator)
    #expect(StatisticsTests.sum(rows) == StatisticsTests.sum(shuffled), "seed \(seed)")
  }

  @Test("two halves summed apart and merged give the policy of the whole", arguments: [4, 5] as [UInt64])
  func halvesMerge(seed: UInt64) throws {
    let rows = StatisticsTests.rows(seed: seed)
    var first = StatisticsTests.sum(rows.prefix(1234))
    first.merge(StatisticsTests.sum(rows.dropFirst(1234)))
    let merged = try StatisticsTests.table(first)
    let whole = try StatisticsTests.table(StatisticsTests.sum(rows))
    #expect(areClose(merged.estimates.map(\.mean), whole.estimates.map(\.mean), relative: 1e-12), "seed \(seed)")
    #expect(areClose(merged.estimates.map(\.width), whole.estimates.map(\.width), relative: 1e-12), "seed \(seed)")
  }

  @Test("features constant within a cell give what the same features given by row give")
  func constantFeaturesAgree() throws {
    let rows = StatisticsTests.rows(seed: 6)
    let directory = StatisticsTests.directory
    var compact = StatisticsBuilder(arms: 3)
    var full = StatisticsBuilder(arms: 3, varying: 6)
    func context(_ cell: Int) -> [Double] {
      let cell = directory.cells[cell]
      return [1] + ["t0", "t1", "t2"].map { $0 == cell.task ? 1 : 0 } + ["b0", "b1"].map { $0 == cell.band ? 1 : 0 }
    }
    for row in rows {
      compact.add(cell: row.cell, arm: row.arm, reward: row.reward, rootWeight: row.rootWeight)
      full.add(
        cell: row.cell, arm: row.arm, reward: row.reward, rootWeight: row.rootWeight, varying: context(row.cell).span)
    }
    let (small, large) = (compact.finish(), full.finish())
    let order = Array(0..<24)
    // Without tenants, which are no shared features of this kind.
    let features = CellFeatures(cells: directory.cells.map(\.fallback))
    for arm in 0..<3 {
      let one = try ArmFit(small, arm: arm, prior: 0.5, features: features, ridge: Ridge(), order: order, name: "a")
      let two = try ArmFit(large, arm: arm, prior: 0.5, features: .none, ridge: Ridge(), order: order, name: "a")
      #expect(areClose(one.sharedCoefficients, two.sharedCoefficients))
      #expect(areClose(one.cellCoefficients(), two.cellCoefficients()))
    }
  }

  @Test("statistics saved and read back are the same")
  func roundTrips() throws {
    let statistics = StatisticsTests.sum(StatisticsTests.rows(seed: 7))
    let data = try JSONEncoder().encode(statistics)
    #expect(try JSONDecoder().decode(Statistics.self, from: data) == statistics)
  }
}
