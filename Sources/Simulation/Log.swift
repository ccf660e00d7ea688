internal import Glibc
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
  private var backpressure: Backpressure.State?
  private var pending: SimulatedOutcome?
  private var number = 0

  /// How many days the log spans.
  public static let days = 28.0
  private static let seconds = days * 86_400

  /// Makes a log of this many rows.
  /// - Parameter policy: the model that the router picks in each cell; nil for what the priors choose.
  public init(_ world: World, rows: Int, seed: UInt64, picks policy: [Int?]? = nil) {
    self.world = world
    self.rows = rows
    generator = SeededGenerator(seed: seed ^ 0x6c6f_6700)
    agentSeed = seed
    cells = Cumulative(world.shares)
    busyAgents = world.hasBusyAgents ? Cumulative((1...world.agents).map { 1 / Double($0) }) : nil
    picks = policy ?? world.cells.indices.map { world.priorPick(in: $0) }
    backpressure = world.conditions.backpressure.map {
      Backpressure.State($0, arms: world.catalog.models.count)
    }
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
    if let row = pending.take() { return row }
    let cell = cells.index(at: generator.uniform())
    let candidates = candidates()
    let choice = choose(in: cell, among: candidates)
    let agent = world.agentEffect > 0 || busyAgents != nil ? drawAgent() : nil
    guard backpressure?.refuses(choice.arm) == true else {
      backpressure?.call(choice.arm)
      return answer(cell, choice, agent)
    }
    return refusal(cell, choice, agent, candidates)
  }

  /// A model that was chosen, and the probability of that.
  private struct Choice {
    var arm: Int
    var propensity: Double
    /// How much better any model answers this call than a call on average.
    var ease = 0.0
  }

  /// Which models may be called now; nil for all.
  private mutating func candidates() -> [Bool]? {
    if let arrival = world.conditions.arrival, Double(number) < arrival.at * Double(rows) {
      return world.catalog.models.indices.map { $0 != arrival.arm }
    }
    return backpressure?.candidates()
  }

  private mutating func choose(in cell: Int, among candidates: [Bool]?) -> Choice {
    let arms = world.catalog.models.count
    guard let candidates, candidates.contains(false), candidates.contains(true) else {
      let pick = currentPicks[cell] ?? arms - 1
      if let reason = world.conditions.hiddenReason {
        let isEasy = generator.uniform() < reason.easyShare
        let ease = isEasy ? reason.ease : -reason.ease * reason.easyShare / (1 - reason.easyShare)
        return Choice(arm: isEasy ? reason.arm : pick, propensity: 1, ease: ease)
      }
      let explores = generator.uniform() < world.exploration
      let arm = explores ? generator.index(below: arms) : pick
      return Choice(arm: arm, propensity: probability(of: arm, pick: pick, among: arms))
    }
    let open = candidates.indices.filter { candidates[$0] }
    let pick = world.priorPick(in: cell, among: candidates) ?? open[open.count - 1]
    let explores = generator.uniform() < world.exploration
    let arm = explores ? open[generator.index(below: open.count)] : pick
    return Choice(arm: arm, propensity: probability(of: arm, pick: pick, among: open.count))
  }

  private var phase: Double { Double(number) / Double(rows) }

  /// What the router chooses in each cell now.
  private var currentPicks: [Int?] {
    let step = world.conditions.steps.last { !$0.picks.isEmpty && phase >= $0.at }
    return step?.picks ?? picks
  }

  /// The version that chooses now, one for each time that the picks changed.
  private var version: String {
    "1.0.\(world.conditions.steps.count { !$0.picks.isEmpty && phase >= $0.at })"
  }

  private func logged(_ propensity: Double) -> Propensity {
    if world.conditions.hiddenReason != nil { return .unknown }
    return world.conditions.isDeterministic ? .deterministic : .logged(propensity)
  }

  private func probability(of arm: Int, pick: Int, among count: Int) -> Double {
    world.exploration / Double(count) + (arm == pick ? 1 - world.exploration : 0)
  }

  /// A call that was refused, after which comes the row of the model that it fell over to, where there is one. That model
  /// answers if it was chosen, or if any model was that refuses now.
  private mutating func refusal(_ cell: Int, _ choice: Choice, _ agent: Int?, _ candidates: [Bool]?) -> SimulatedOutcome
  {
    let arms = world.catalog.models.indices
    let open = arms.map { candidates?[$0] ?? true }
    let willing = arms.map { open[$0] && backpressure?.refuses($0) != true }
    let pick = world.priorPick(in: cell, among: open) ?? choice.arm
    let refused = row(cell, choice, agent, at: drawSecond(), number: number)
    if let next = world.priorPick(in: cell, among: willing) ?? willing.lastIndex(of: true) {
      let count = open.count { $0 }
      let others = arms.filter { open[$0] && !willing[$0] && $0 != next }
      let propensity = ([next] + others).reduce(0) { $0 + probability(of: $1, pick: pick, among: count) }
      backpressure?.call(next)
      pending = answer(
        cell, Choice(arm: next, propensity: Swift.min(propensity, 1)), agent, at: refused.second, after: 1)
    }
    backpressure?.call(choice.arm)
    return refused
  }

  private mutating func drawSecond() -> Double {
    (Double(number) + generator.uniform()) * Log.seconds / Double(rows)
  }

  private mutating func answer(
    _ cell: Int, _ choice: Choice, _ agent: Int?, at known: Double? = nil, after offset: Int = 0
  ) -> SimulatedOutcome {
    let pair = cell * world.catalog.models.count + choice.arm
    let second = known ?? drawSecond()
    let failure = world.failure(pair)
    if failure > 0, generator.uniform() < failure {
      return row(cell, choice, agent, at: second, number: number + offset)
    }
    let quality =
      world.quality(pair, at: phase) + choice.ease + (agent.map { effect(tenants[cell], $0, choice.arm) } ?? 0)
    let score = drawScore(quality, pair: pair, arm: choice.arm)
    let spread = 0.5 + generator.uniform()
    let labelSecond = second + drawDelay()
    let isJudged =
      labelSecond <= Log.seconds
      && (world.conditions.judgedShare >= 1 || generator.uniform() < world.conditions.judgedShare)
    let cost = world.cost(pair, at: phase) * (world.conditions.costTail.map { drawTail($0) } ?? spread)
    return SimulatedOutcome(
      number: number + offset, second: second, cell: cell, tenant: tenants[cell], agent: agent ?? drawAgent(),
      arm: choice.arm, propensity: logged(choice.propensity), succeeded: true, version: version,
      score: isJudged ? score : nil, labelSecond: labelSecond, cost: (cost * 1e9).rounded() / 1e9,
      latency: 200 + Int(2000 * spread * quality))
  }

  /// A row without an answer.
  private mutating func row(
    _ cell: Int, _ choice: Choice, _ agent: Int?, at second: Double, number: Int
  ) -> SimulatedOutcome {
    SimulatedOutcome(
      number: number, second: second, cell: cell, tenant: tenants[cell], agent: agent ?? drawAgent(), arm: choice.arm,
      propensity: logged(choice.propensity), succeeded: false, version: version, score: nil, labelSecond: second,
      cost: 0, latency: 20)
  }

  private mutating func drawScore(_ quality: Double, pair: Int, arm: Int) -> Int {
    let judge = world.conditions.judge
    if world.conditions.unreadableScores.contains(pair) { return 1 }
    if let poisoning = world.conditions.poisoning, generator.uniform() < poisoning.share {
      return arm == poisoning.arm ? 5 : 1
    }
    if judge.noise > 0, generator.uniform() < judge.noise { return 1 + generator.index(below: 5) }
    let bias = world.conditions.steps.reduce(0) { phase >= $1.at ? $0 + $1.judgeBias : $0 }
    let judged = judge.judged(quality + bias, arm: arm)
    // Four independent quarters, each won with the judged quality, so that the mean reward is that quality.
    return (0..<4).reduce(1) { score, _ in score + (generator.uniform() < judged ? 1 : 0) }
  }

  private mutating func drawDelay() -> Double {
    guard world.conditions.labelDelay > 0 else { return 0 }
    return -log(1 - generator.uniform()) * world.conditions.labelDelay * 86_400
  }

  /// A multiple of the mean cost, of mean 1.
  private mutating func drawTail(_ index: Double) -> Double {
    (index - 1) / index * pow(1 - generator.uniform(), -1 / index)
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
