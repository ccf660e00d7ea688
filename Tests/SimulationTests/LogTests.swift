import Foundation
import Outcomes
import Policies
import Simulation
import Testing

@Suite struct LogTests {
  @Test("the same seed draws the same log, another seed another", arguments: [1, 2, 99] as [UInt64])
  func isRepeatable(seed: UInt64) {
    func text(_ seed: UInt64) -> String {
      let world = World.stationary(seed: seed)
      return Log(world, rows: 200, seed: seed)
        .map { DatasetText.line($0, of: world, start: Date(timeIntervalSince1970: 0)) }.joined()
    }
    #expect(text(seed) == text(seed), "seed \(seed)")
    #expect(text(seed) != text(seed + 1), "seed \(seed)")
  }

  @Test("scores, propensities and costs are what the truth says", arguments: [5, 6] as [UInt64])
  func matchesTruth(seed: UInt64) {
    let world = World.stationary(seed: seed, exploration: 0.4)
    let rows = 40_000
    var reward = 0.0
    var expected = 0.0
    var inverse = 0.0
    let arms = world.catalog.models.count
    for outcome in Log(world, rows: rows, seed: seed) {
      reward += Outcome.reward(score: Double(outcome.score ?? 0)) / Double(rows)
      expected += world.quality[outcome.cell * arms + outcome.arm] / Double(rows)
      if outcome.arm == 0 { inverse += 1 / (outcome.propensity.logged ?? 0) / Double(rows) }
    }
    #expect(abs(reward - expected) < 0.005, "seed \(seed)")
    #expect(abs(inverse - 1) < 0.1, "seed \(seed)")
  }

  @Test("an agent's calls are alike, and over all agents the truth is the truth", arguments: [7, 8] as [UInt64])
  func agentEffect(seed: UInt64) {
    let cell = Cell(task: "code", tenant: "t", band: "cost")
    let model = CatalogModel(slug: "a", prior: 0.5, inputPrice: 1, outputPrice: 1, isAllowed: true)
    let world = World(
      catalog: Catalog(models: [model]), cells: [cell], shares: [1], quality: [0.5], cost: [1], agents: 400,
      exploration: 0.2, agentEffect: 0.3, hasBusyAgents: false)
    var sums = [Double](repeating: 0, count: 400)
    var rows = [Double](repeating: 0, count: 400)
    for outcome in Log(world, rows: 40_000, seed: seed) {
      sums[outcome.agent] += Outcome.reward(score: Double(outcome.score ?? 0))
      rows[outcome.agent] += 1
    }
    let means = zip(sums, rows).filter { $0.1 > 0 }.map { $0.0 / $0.1 }
    #expect(means.count { abs($0 - 0.5) < 0.1 } < 8, "seed \(seed)")
    #expect(abs(means.reduce(0, +) / Double(means.count) - 0.5) < 0.06, "seed \(seed)")
  }

  @Test("busy agents make most of the calls", arguments: [9, 10] as [UInt64])
  func busyAgents(seed: UInt64) {
    let base = World.stationary(seed: seed)
    let world = World(
      catalog: base.catalog, cells: base.cells, shares: base.shares, quality: base.quality, cost: base.cost,
      agents: 100, exploration: 0.3, hasBusyAgents: true)
    let busiest = Log(world, rows: 10_000, seed: seed).count { $0.agent < 10 }
    #expect((5000...6300).contains(busiest), "\(busiest), seed \(seed)")
  }

  @Test(
    "priors are off by no more than 0.25, and the strongest model clears every floor",
    arguments: 1...20 as ClosedRange<UInt64>)
  func priors(seed: UInt64) {
    let world = World.stationary(seed: seed)
    let arms = world.catalog.models.count
    for (number, cell) in world.cells.enumerated() {
      let qualities = Array(world.quality[number * arms..<(number + 1) * arms])
      for (quality, prior) in zip(qualities, world.catalog.priors) {
        #expect(prior - quality < 0.2505 && quality - prior < 0.25, "seed \(seed) \(cell)")
      }
      #expect((qualities.max() ?? 0) >= world.catalog.floor(task: cell.task), "seed \(seed) \(cell)")
    }
  }

  @Test("knowing the truth is worth at least as much reward as the priors where priors mislead")
  func bestIsBest() {
    let world = World.stationary(seed: 2)
    let best = world.truth.bestPossible(catalog: world.catalog, rule: .cheapestClearingFloor, exploration: 0.05)
    let prior = world.truth.value(
      of: .untrained(exploration: 0.05), catalog: world.catalog, rule: .cheapestClearingFloor)
    #expect(best.reward > prior.reward)
    #expect(best.cost < prior.cost)
  }
}
