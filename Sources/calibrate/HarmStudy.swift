import Outcomes
import Replay
import Research
import Simulation

/// How often a cell that is truly harmed gets through the gate.
enum HarmStudy {
  static func table(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "A harmed cell among eleven that gain",
      note: "\(logs) logs each, 30 % exploration among four models; eleven cells gain 0.10 in done and one loses: how "
        + "often `slices` lets it pass, in % ± two standard errors, by the number of holdout rows (of which the cell has "
        + "a twelfth).",
      header: ["true harm in the cell", "3,000 rows", "10,000 rows", "30,000 rows"])
    for (number, harm) in [0.05, 0.1, 0.2, 0.4].enumerated() {
      let policies = FixedPolicies(
        StudyWorld.shifted(by: [-harm / (0.95 - 0.05 / 3)] + [Double](repeating: 0.1, count: 11)))
      let cells = policies.world.cells
      table.add(
        ["\(harm.decimals(2))"]
          + [3000, 10_000, 30_000].enumerated().map { place, rows in
            let passes = Parallel.map(logs) { log in
              let seed = seed &+ UInt64(40_000_000 + (number * 10 + place) * 10_000 + log)
              let slices = Slice.all(of: policies.replay(rows: rows, seed: seed), cells: cells, minimumRows: 30)
              return Slice.harmed(slices, thresholds: Experiment.thresholds).isEmpty
            }
            return MarkdownTable.percent(passes.count { $0 }, of: logs)
          })
    }
    return table
  }
}
