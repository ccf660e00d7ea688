import Foundation
import Outcomes
import Policies
import Simulation
import Testing

@Suite struct LogTests {
  @Test("the same seed draws the same log, another seed another", arguments: [1, 2, 99] as [UInt64])
  func isRepeatable(seed: UInt64) {
    func text(_ seed: UInt64) -> String {
      Log(World.stationary(seed: seed), rows: 200, seed: seed)
        .map { DatasetText.line($0, start: Date(timeIntervalSince1970: 0)) }.joined()
    }
    #expect(text(seed) == text(seed), "seed \(seed)")
    #expect(text(seed) != text(seed + 1), "seed \(seed)")
  }

  @Test("scores, propensities and costs are what the truth says", arguments: [5, 6] as [UInt64])
  func matchesTruth(seed: UInt64) {
    let world = World.stationary(seed: seed)
    let rows = 40_000
    var reward = 0.0
    var expected = 0.0
    var inverse = 0.0
    let arms = world.catalog.models.count
    for outcome in Log(world, rows: rows, seed: seed) {
      guard let cell = world.cells.firstIndex(of: outcome.cell),
        let arm = world.catalog.models.firstIndex(where: { $0.slug == outcome.model })
      else {
        Issue.record("a row outside of the world, seed \(seed)")
        return
      }
      reward += Outcome.reward(score: Double(outcome.score)) / Double(rows)
      expected += world.quality[cell * arms + arm] / Double(rows)
      if arm == 0 { inverse += 1 / outcome.propensity / Double(rows) }
    }
    #expect(abs(reward - expected) < 0.005, "seed \(seed)")
    #expect(abs(inverse - 1) < 0.1, "seed \(seed)")
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
