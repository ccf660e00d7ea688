internal import Outcomes

/// The outcomes that a router logs in a world, drawn one after another, the same for the same seed.
public struct Log: Sequence, IteratorProtocol {
  private let world: World
  private let rows: Int
  private let cells: Cumulative
  private let busyAgents: Cumulative?
  private let picks: [Int?]
  private let tenants: [Int]
  private let agentSeed: UInt64
  private var generator: SeededGenerator
  private var number = 0

  /// How many days the log spans.
  public static let days = 28.0

  /// Makes a log of this many rows.
  public init(_ world: World, rows: Int, seed: UInt64) {
    self.world = world
    self.rows = rows
    generator = SeededGenerator(seed: seed ^ 0x6c6f_6700)
    agentSeed = seed
    cells = Cumulative(world.shares)
    busyAgents = world.hasBusyAgents ? Cumulative((1...world.agents).map { 1 / Double($0) }) : nil
    picks = world.cells.indices.map { world.priorPick(in: $0) }
    var numbers: [String: Int] = [:]
    tenants = world.cells.map { cell in
      let number = numbers[cell.tenant] ?? numbers.count
      numbers[cell.tenant] = number
      return number
    }
  }

  /// The next outcome.
  public mutating func next() -> SimulatedOutcome? {
    guard number < rows else { return nil }
    defer { number += 1 }
    let arms = world.catalog.models.count
    let cell = cells.index(at: generator.uniform())
    let pick = picks[cell] ?? arms - 1
    let explores = generator.uniform() < world.exploration
    let arm = explores ? generator.index(below: arms) : pick
    let propensity = world.exploration / Double(arms) + (arm == pick ? 1 - world.exploration : 0)
    let agent = world.agentEffect > 0 || busyAgents != nil ? drawAgent() : nil
    let quality = world.quality[cell * arms + arm] + (agent.map { effect(tenants[cell], $0, arm) } ?? 0)
    // Four independent quarters, each won with the true quality, so that the mean reward is the quality.
    let score = (0..<4).reduce(1) { score, _ in score + (generator.uniform() < quality ? 1 : 0) }
    let spread = 0.5 + generator.uniform()
    let second = (Double(number) + generator.uniform()) * Log.days * 86_400 / Double(rows)
    return SimulatedOutcome(
      number: number, second: second, cell: cell, tenant: tenants[cell], agent: agent ?? drawAgent(), arm: arm,
      propensity: propensity, score: score, cost: (world.cost[cell * arms + arm] * spread * 1e9).rounded() / 1e9,
      latency: 200 + Int(2000 * spread * quality))
  }

  private mutating func drawAgent() -> Int {
    busyAgents?.index(at: generator.uniform()) ?? generator.index(below: world.agents)
  }

  /// How far an agent's luck with a model lies from the model's quality: a coin that falls the same way all the log long.
  private func effect(_ tenant: Int, _ agent: Int, _ arm: Int) -> Double {
    let coin = UInt64(tenant) << 40 | UInt64(agent) << 20 | UInt64(arm)
    var coins = SeededGenerator(seed: agentSeed ^ coin &* 0x9e37_79b9_7f4a_7c15)
    return coins.next() & 1 == 0 ? world.agentEffect : -world.agentEffect
  }
}
