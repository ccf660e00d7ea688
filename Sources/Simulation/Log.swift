internal import Outcomes

/// The outcomes that a router logs in a world, drawn one after another, the same for the same seed.
public struct Log: Sequence, IteratorProtocol {
  private let world: World
  private let rows: Int
  private let cumulative: [Double]
  private let picks: [Int?]
  private var generator: SeededGenerator
  private var number = 0

  /// How many days the log spans.
  public static let days = 28.0

  /// Makes a log of this many rows.
  public init(_ world: World, rows: Int, seed: UInt64) {
    self.world = world
    self.rows = rows
    generator = SeededGenerator(seed: seed ^ 0x6c6f_6700)
    var sum = 0.0
    cumulative = world.shares.map {
      sum += $0
      return sum
    }
    picks = world.cells.indices.map { world.priorPick(in: $0) }
  }

  /// The next outcome.
  public mutating func next() -> SimulatedOutcome? {
    guard number < rows else { return nil }
    defer { number += 1 }
    let arms = world.catalog.models.count
    let cell = drawCell()
    let pick = picks[cell] ?? arms - 1
    let explores = generator.uniform() < world.exploration
    let arm = explores ? generator.index(below: arms) : pick
    let propensity = world.exploration / Double(arms) + (arm == pick ? 1 - world.exploration : 0)
    let quality = world.quality[cell * arms + arm]
    // Four independent quarters, each won with the true quality, so that the mean reward is the quality.
    let score = (0..<4).reduce(1) { score, _ in score + (generator.uniform() < quality ? 1 : 0) }
    let spread = 0.5 + generator.uniform()
    return SimulatedOutcome(
      number: number, second: (Double(number) + generator.uniform()) * Log.days * 86_400 / Double(rows),
      cell: world.cells[cell], agent: generator.index(below: world.agents), model: world.catalog.models[arm].slug,
      propensity: propensity, score: score, cost: (world.cost[cell * arms + arm] * spread * 1e9).rounded() / 1e9,
      latency: 200 + Int(2000 * spread * quality))
  }

  private mutating func drawCell() -> Int {
    let draw = generator.uniform()
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > draw { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
