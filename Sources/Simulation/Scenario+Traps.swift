internal import Outcomes

/// Worlds in which a log, taken at its word, leads to harm.
extension Scenario {
  static let traps: [Scenario] = [
    Scenario(
      "failing-model", "a cheap model answers well when it answers, fails 20 % of its calls, and no judge sees those"
    ) {
      world, generator in
      let arm = world.addModel(slug: "iris-flaky", prior: 0.55, inputPrice: 0.20, outputPrice: 0.80) {
        0.93 + 0.04 * generator.uniform()
      }
      world.conditions.failures = world.pairs { $1 == arm ? 0.2 : 0 }
      world.conditions.judgedShare = 0.5
    },
    Scenario("parse-bug", "in one task the answers of the model that is served there are always scored 1") { world, _ in
      let cells = world.cells.indices.filter { world.cells[$0].task == "chat" }
      let arms = world.catalog.models.count
      world.conditions.unreadableScores = Set(
        cells.compactMap { cell in world.priorPick(in: cell).map { cell * arms + $0 } })
    },
    Scenario(
      "versions", "one version after another, each without exploring, and the judge grows milder when the second comes"
    ) { world, _ in
      world.exploration = 0
      world.conditions.isDeterministic = true
      var step = Conditions.Step(at: 0.8)
      step.judgeBias = 0.1
      step.picks = world.nextCheaperPicks
      world.conditions.steps = [step]
    },
    Scenario("hidden-reason", "the router gives the easy calls to a weak model, and no column tells which were easy") {
      world, _ in
      world.conditions.hiddenReason = Conditions.HiddenReason(
        arm: world.arm("birch-mini"), easyShare: 0.4, ease: 0.25)
    },
    Scenario(
      "cost-shock", "a cheap model that priors underrate costs eight times as much in the newest 30 % of the log"
    ) {
      world, _ in
      let arm = world.arm("cedar-small")
      world.setQuality { $1 == arm ? 0.9 : $2 }
      var step = Conditions.Step(at: 0.7)
      step.cost = world.pairs { $1 == arm ? 8 : 1 }
      world.conditions.steps = [step]
    },
    Scenario("wrong-list-prices", "the dearest model lists a fortieth of what it costs") { world, _ in
      let arm = world.arm("hazel-max")
      world.setListPrice(of: arm, times: 1.0 / 40)
      var priors = world.catalog.priors
      priors[arm] = 0.45
      world.setPriors(priors)
    },
    Scenario(
      "harmed-tenant", "a cheap model is better than it is believed for 19 tenants, and bad for one", tenants: 20
    ) {
      world, _ in
      let arm = world.arm("cedar-small")
      let harmed = world.cells.last?.tenant
      let cells = world.cells
      world.setQuality { cell, model, quality in
        guard model == arm else { return quality }
        return cells[cell].tenant == harmed ? 0.55 : 0.92
      }
    },
    Scenario(
      "quality-collapse", "a cheap model that priors underrate loses 0.4 of its quality in the newest 5 % of the log"
    ) {
      world, _ in
      let arm = world.arm("cedar-small")
      world.setQuality { $1 == arm ? 0.92 : $2 }
      var step = Conditions.Step(at: 0.95)
      step.quality = world.pairs { $1 == arm ? -0.4 : 0 }
      world.conditions.steps = [step]
    },
    Scenario(
      "small-market", "one tenant with few agents, whose calls are alike, and models that are nearly tied", tenants: 1
    ) {
      world, _ in
      world.setQuality { 0.75 + 0.2 * ($2 - 0.75) }
      world = world.with(agents: 12, agentEffect: 0.05)
    },
  ]
}

extension World {
  /// In each cell the dearest model that is cheaper than what the priors choose, or that itself where none is.
  package var nextCheaperPicks: [Int] {
    cells.indices.map { cell in
      let pick = priorPick(in: cell) ?? catalog.models.count - 1
      func price(_ arm: Int) -> Double { catalog.models[arm].price ?? .infinity }
      return catalog.models.indices.filter { price($0) < price(pick) }.max { price($0) < price($1) } ?? pick
    }
  }

  /// The same world with other agents.
  func with(agents: Int, agentEffect: Double) -> World {
    var result = World(
      catalog: catalog, cells: cells, shares: shares, quality: quality, cost: cost, agents: agents,
      exploration: exploration, agentEffect: agentEffect, hasBusyAgents: true)
    result.conditions = conditions
    return result
  }
}
