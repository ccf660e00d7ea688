import Outcomes
import Policies
import Replay
import Research
import Simulation
import Worker

/// Many nights of one market, each promotion of which changes what the next nights see.
enum MarketStudy {
  private static let rowsPerNight = 1000
  private static let window = 20

  private static let markets = [
    StudySetting("eight models, some nearly at the floor", rows: rowsPerNight) {
      StudyWorld.random(seed: $0, models: 8, exploration: 0.2, hasTaskLengths: true)
    },
    StudySetting("four models that are all alike", rows: rowsPerNight) { StudyWorld.null(seed: $0) },
    StudySetting("stationary, 20 % exploration", rows: rowsPerNight) { World.stationary(seed: $0, exploration: 0.2) },
  ]

  private struct Market: Sendable {
    var promotions = 0
    var lower = 0
    var done: [Double] = []
    var cost: [Double] = []
  }

  static func table(sequences: Int, nights: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "\(nights) nights of one market",
      note:
        "\(sequences) markets, \(nights) nights each with \(rowsPerNight) new outcomes and a window of \(window) nights; "
        + "the router serves the policy of the last promotion and explores 20 %. Lower: the true done of what was promoted is "
        + "lower by more than 0.001 than that of what served before. The last two columns are the mean over markets of the last "
        + "night's true done less the first night's, and of the highest true cost of a night over the lowest.",
      header: ["market", "promotions", "truly lower in done", "done gained", "highest/lowest cost"])
    for (number, market) in markets.enumerated() {
      let results = try Parallel.map(sequences) { sequence -> Result<Market, any Error> in
        let seed = seed &+ UInt64(80_000_000 + number * 1_000_000 + sequence * 1000)
        return Result { try run(market.world(seed), nights: nights, seed: seed) }
      }.map { try $0.get() }
      let gained = results.map { ($0.done.last ?? 0) - ($0.done.first ?? 0) }
      let swings = results.map { ($0.cost.max() ?? 1) / ($0.cost.min() ?? 1) }
      let promotions = results.reduce(0) { $0 + $1.promotions }
      let lower = results.reduce(0) { $0 + $1.lower }
      table.add([
        market.name, "\(promotions)", "\(lower)",
        (gained.reduce(0, +) / Double(sequences)).signedDecimals(4),
        (swings.reduce(0, +) / Double(sequences)).decimals(2),
      ])
    }
    return table
  }

  private static func run(_ world: World, nights: Int, seed: UInt64) throws -> Market {
    var result = Market()
    var serving = Experiment.untrained
    var anchors = [serving]
    var standing = LedgerStanding()
    var rows = Array(Log(world, rows: (window - 1) * rowsPerNight, seed: seed))
    for night in 1...nights {
      rows += Log(world, rows: rowsPerNight, seed: seed &+ UInt64(night), picks: picks(of: serving, in: world))
      rows.removeFirst(max(rows.count - window * rowsPerNight, 0))
      // The anchor is the policy of 30 nights ago; before there were so many, the first.
      let experiment = try Experiment(
        world, rows: timed(rows)[...], incumbent: serving, standing: standing, anchor: anchors[max(night - 31, 0)])
      let failure = experiment.failure
      if failure.map({ !$0.name.precedesEvidence }) ?? true { standing.attempt += 1 }
      if failure == nil {
        result.promotions += 1
        if experiment.trueLift.done < -0.001 { result.lower += 1 }
        serving = experiment.learning.candidate
        standing.attempt = 1
      }
      anchors.append(serving)
      let value = world.truth.value(of: serving, catalog: world.catalog, rule: .cheapestClearingFloor)
      result.done.append(value.done)
      result.cost.append(value.cost)
    }
    return result
  }

  private static func picks(of policy: Policy, in world: World) -> [Int?] {
    world.cells.map { policy.serve($0, catalog: world.catalog, rule: .cheapestClearingFloor).decision.arm }
  }

  /// The rows of the window in the order in which they came, as one log.
  private static func timed(_ rows: [SimulatedOutcome]) -> [SimulatedOutcome] {
    rows.enumerated().map { $0.element.at(second: Double($0.offset)) }
  }
}
