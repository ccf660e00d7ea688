internal import Outcomes

/// A world with a name, and what it is for. Each has a page in `Documentation/scenarios`.
public struct Scenario: Sendable {
  /// Its name on the command line.
  public let name: String
  /// What is the case in it, in one line.
  public let summary: String
  /// How many tenants it has by itself.
  public let tenants: Int
  private let change: @Sendable (inout World, inout SeededGenerator) -> Void

  /// The world of a seed.
  /// - Parameters:
  ///   - tenants: how many tenants it has; nil for as many as the scenario has by itself.
  ///   - exploration: the share of calls for which the router draws a model at random; nil for the scenario's own.
  public func world(seed: UInt64, tenants: Int? = nil, exploration: Double? = nil) -> World {
    var world = World.stationary(seed: seed, tenants: tenants ?? self.tenants)
    var generator = SeededGenerator(seed: seed ^ 0x7363_656e)
    change(&world, &generator)
    if let exploration { world.exploration = exploration }
    return world
  }

  /// The scenario of a name.
  public init?(name: String) {
    guard let found = Scenario.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  init(
    _ name: String, _ summary: String, tenants: Int = 4,
    _ change: @escaping @Sendable (inout World, inout SeededGenerator) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.tenants = tenants
    self.change = change
  }

  /// All scenarios.
  public static let all = plain + Scenario.traps

  /// Worlds in which the log is what it seems, or harms no decision by itself.
  private static let plain: [Scenario] = [
    Scenario("stationary", "qualities stay as they are, and some priors are off by up to 0.25") { _, _ in },
    Scenario("wrong-priors", "each model has the prior of its opposite: the weakest is believed the strongest") {
      world, _ in world.setPriors(world.catalog.priors.reversed())
    },
    Scenario("new-model", "a good and cheap model with a modest prior comes when half of the log is over") {
      world, generator in
      let arm = world.addModel(slug: "iris-new", prior: 0.70, inputPrice: 0.30, outputPrice: 1.20) {
        0.88 + 0.06 * generator.uniform()
      }
      world.conditions.arrival = Conditions.Arrival(arm: arm, at: 0.5)
    },
    Scenario("drift", "a cheap model grows better and a dear one worse, by 0.2 from the log's start to its end") {
      world, _ in
      let (better, worse) = (world.arm("cedar-small"), world.arm("fir-large"))
      let arms = world.catalog.models.count
      world.conditions.drift = world.quality.indices.map { pair in
        let change = pair % arms == better ? 0.2 : pair % arms == worse ? -0.2 : 0
        return min(max(world.quality[pair] + change, 0.02), 0.985) - world.quality[pair]
      }
    },
    Scenario("biased-judge", "the judge gives every answer 0.1 too little, and a fifth of its scores at random") {
      world, _ in
      world.conditions.judge.bias = -0.1
      world.conditions.judge.noise = 0.2
    },
    Scenario("self-favouring-judge", "the judge is one of the models, and gives its own answers 0.25 too much") {
      world, _ in
      world.conditions.judge.name = "elm-medium"
      world.conditions.judge.favours = [world.arm("elm-medium"): 0.25]
    },
    Scenario("gaming", "a weak and cheap model has learned what the judge likes, and is scored 0.3 too high") {
      world, _ in world.conditions.judge.favours = [world.arm("birch-mini"): 0.3]
    },
    Scenario("poisoned-labels", "one label in twenty is set by somebody: 5 for one cheap model, 1 for all others") {
      world, _ in
      world.conditions.poisoning = Conditions.Poisoning(share: 0.05, arm: world.arm("alder-nano"))
    },
    Scenario("label-delay", "labels come days after the call, three on average, and the newest are not there yet") {
      world, _ in world.conditions.labelDelay = 3
    },
    Scenario("heavy-tailed-costs", "a few calls cost a hundred times the mean (Pareto, index 1.5)") { world, _ in
      world.conditions.costTail = 1.5
    },
    Scenario("few-exploring-rows", "the router explores with 2 % of the calls") { world, _ in world.exploration = 0.02
    },
    Scenario("deterministic", "the router never explores, so that no choice was ever compared") { world, _ in
      world.exploration = 0
      world.conditions.isDeterministic = true
    },
    Scenario("backpressure", "providers set limits: models leave the candidate set, refuse, and calls fall over") {
      world, _ in world.conditions.backpressure = Backpressure(softLimit: 20, hardLimit: 23)
    },
  ]
}
