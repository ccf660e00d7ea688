import Outcomes
import Replay
import Research

/// How often harm is promoted, and how often what is truly better, by the gate as a whole.
enum TrapStudy {
  private struct Result: Sendable {
    let isPromoted: Bool
    let isHarm: Bool
    let failure: GateCheck.Name?
  }

  static func table(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Worlds in which a log misleads",
      note:
        "\(logs) logs each, 20,000 outcomes and 40 % exploration unless the name says otherwise, of which 30 % are held "
        + "out: promotions and harmful promotions in % ± two standard errors, the limit, how many candidates would have been "
        + "harm, and the checks that held most often.",
      header: ["world", "promoted", "harm promoted", "limit", "harmful candidates %", "held by"])
    for (number, trap) in TrapWorld.all.enumerated() {
      let results = try Parallel.map(logs) { log -> Swift.Result<Result, any Error> in
        let seed = seed &+ UInt64(60_000_000 + number * 100_000 + log)
        return Swift.Result {
          let experiment = try Experiment(trap.world(seed), rows: trap.rows, seed: seed)
          let failure = experiment.failure
          return Result(isPromoted: failure == nil, isHarm: trap.isHarm(experiment), failure: failure?.name)
        }
      }.map { try $0.get() }
      table.add([
        trap.name, MarkdownTable.percent(results.count { $0.isPromoted }, of: logs),
        MarkdownTable.percent(results.count { $0.isPromoted && $0.isHarm }, of: logs), trap.limit,
        "\((100 * Double(results.count { $0.isHarm }) / Double(logs)).decimals(0))", holders(results),
      ])
    }
    return table
  }

  private static func holders(_ results: [Result]) -> String {
    let counts = Dictionary(grouping: results.compactMap(\.failure)) { $0 }.mapValues(\.count)
    return counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.prefix(3)
      .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
  }
}
