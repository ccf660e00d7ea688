import Outcomes
import Policies
import Replay
import Simulation
import Testing
import Worker

@Suite struct BaselinePoliciesTests {
  private static let exploration = 0.05

  /// What a log of a simulated world taught.
  private struct Field {
    let world: World
    let learning: Learning
    let field: BaselinePolicies

    init(seed: UInt64) throws {
      world = World.stationary(seed: seed, exploration: 0.4)
      let world = world
      var directory = CellDirectory()
      for cell in world.cells { _ = directory.number(of: cell) }
      let outcomes = Log(world, rows: 8000, seed: seed).compactMap { $0.outcome(in: world) }
      var source = RecordedOutcomes(directory: directory, training: outcomes[...], holdout: [])
      let incumbent = Policy.untrained(exploration: exploration)
      learning = try Learning.learn(
        from: &source, catalog: world.catalog, settings: Settings(), incumbent: incumbent
      ).learning
      field = BaselinePolicies(
        candidate: learning.candidate, incumbent: incumbent, catalog: world.catalog, rule: .cheapestClearingFloor,
        tally: learning.tally, truth: world.truth)
    }

    func value(_ kind: PolicyKind) throws -> Truth.Value {
      world.truth.value(of: try #require(field.policy(kind)), catalog: world.catalog)
    }
  }

  @Test(
    "each policy's probabilities sum to 1 in every cell, or to 0 where it serves nothing",
    arguments: [1, 2] as [UInt64])
  func sums(seed: UInt64) throws {
    let field = try Field(seed: seed)
    for kind in PolicyKind.allCases where kind != .oraclePerPrompt {
      let policy = try #require(field.field.policy(kind))
      for cell in field.world.cells {
        let sum = policy.probabilities(cell).reduce(0, +)
        #expect(abs(sum - 1) < 1e-12 || sum == 0, "\(kind) \(cell)")
      }
    }
    #expect(field.field.policy(.oraclePerPrompt) == nil)
  }

  @Test("policies are worth what their names say", arguments: [1, 2, 3] as [UInt64])
  func values(seed: UInt64) throws {
    let field = try Field(seed: seed)
    let value = try Dictionary(
      uniqueKeysWithValues: PolicyKind.allCases.filter { $0 != .oraclePerPrompt }.map { ($0, try field.value($0)) })
    let slugs = field.world.catalog.models.indices.map { arm in
      field.world.truth.value(
        of: ComparedPolicy("one", everywhere: field.world.catalog.models.indices.map { $0 == arm ? 1 : 0 }),
        catalog: field.world.catalog)
    }
    #expect(value[.cheapest]?.cost == slugs.map(\.cost).min())
    #expect(value[.bestSingle]?.reward == slugs.map(\.reward).max())
    #expect(value[.agentDefault]?.cost == slugs.map(\.cost).max())
    #expect(value[.uniform] == value[.roundRobin])
    let rule = DecisionRule.cheapestClearingFloor
    #expect(
      value[.oracle]
        == field.world.truth.bestPossible(
          catalog: field.world.catalog, rule: rule, exploration: BaselinePoliciesTests.exploration))
    #expect((value[.bestPerTask]?.reward ?? 0) >= (value[.bestSingle]?.reward ?? 1) - 0.02)
    #expect((value[.highestMean]?.reward ?? 0) > (value[.learned]?.reward ?? 1))
    let mixed = try #require(value[.costMatchedMix])
    #expect(abs(mixed.cost / (value[.learned]?.cost ?? 0) - 1) < 0.2, "seed \(seed)")
  }

  @Test(
    "no pair of single models that costs as much has more reward than the cost-matched mix",
    arguments: [4, 5] as [UInt64])
  func mix(seed: UInt64) throws {
    let field = try Field(seed: seed)
    let mix = try #require(field.field.policy(.costMatchedMix)).probabilities(field.world.cells[0])
    #expect(mix.count { $0 > 0 } <= 2)
    let rewards = field.learning.tally.means(.reward, task: nil).map { $0 ?? 0 }
    let costs = field.learning.tally.means(.cost, task: nil).map { $0 ?? 0 }
    func value(_ probabilities: [Double], _ numbers: [Double]) -> Double {
      zip(probabilities, numbers).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      var other = [Double](repeating: 0, count: mix.count)
      let share = generator.uniform()
      other[generator.index(below: mix.count)] += share
      other[generator.index(below: mix.count)] += 1 - share
      if value(other, costs) <= value(mix, costs) {
        #expect(value(other, rewards) <= value(mix, rewards) + 1e-9, "seed \(seed)")
      }
    }
  }
}
