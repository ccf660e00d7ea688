import Foundation
import Outcomes
import Simulation
import TestSupport
import Testing

@Suite struct ScenarioTests {
  private static let rows = 60_000

  private static func log(
    _ name: String, seed: UInt64, exploration: Double? = nil
  ) throws -> (world: World, rows: [SimulatedOutcome]) {
    let world = try #require(Scenario(name: name)).world(seed: seed, exploration: exploration)
    return (world, Array(Log(world, rows: rows, seed: seed)))
  }

  private static func arm(_ world: World, _ slug: String) -> Int {
    world.catalog.models.firstIndex { $0.slug == slug } ?? -1
  }

  /// How far the mean score of a model's answers lies above their true quality, as a reward.
  private static func excess(_ world: World, _ rows: [SimulatedOutcome], arm: Int) -> Double {
    let scored = rows.filter { $0.arm == arm && $0.score != nil }
    let arms = world.catalog.models.count
    return scored.reduce(0) {
      $0 + Outcome.reward(score: Double($1.score ?? 0)) - world.quality[$1.cell * arms + arm]
    } / Double(max(scored.count, 1))
  }

  @Test("each scenario has a page that names its command", arguments: Scenario.all.map(\.name))
  func pages(name: String) throws {
    let page = try String(
      contentsOf: Repository.root.appendingPathComponent("Documentation/scenarios/\(name).md"), encoding: .utf8)
    #expect(page.hasPrefix("# ") && page.contains("simulate --scenario \(name) "))
  }

  @Test("every logged propensity is the share of the calls that it is of", arguments: Scenario.all.map(\.name))
  func propensities(name: String) throws {
    let (world, rows) = try ScenarioTests.log(name, seed: 11)
    if ["deterministic", "versions"].contains(name) {
      #expect(rows.allSatisfy { $0.propensity == .deterministic })
      return
    }
    if name == "hidden-reason" {
      #expect(rows.allSatisfy { $0.propensity == .unknown })
      return
    }
    #expect(rows.allSatisfy { ($0.propensity.logged ?? 0) > 0 && ($0.propensity.logged ?? 2) <= 1 })
    // Of all rows that no model refused, those of a model that can always be called stand for all calls.
    let arm = ScenarioTests.arm(world, "ginkgo-pro")
    let calls = rows.filter { $0.succeeded || name != "backpressure" }
    let inverses = calls.filter { $0.arm == arm }.map { 1 / ($0.propensity.logged ?? 1) }
    let sum = inverses.reduce(0, +)
    let error = inverses.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(sum - Double(calls.count)) < 4 * error, "\(sum) of \(calls.count), seed 11")
  }

  @Test("scores are the true quality, but for what the scenario says", arguments: [21, 22] as [UInt64])
  func judges(seed: UInt64) throws {
    for (name, slug, expected) in [
      ("stationary", "cedar-small", 0), ("wrong-priors", "cedar-small", 0), ("gaming", "birch-mini", 0.28),
      ("gaming", "cedar-small", 0), ("poisoned-labels", "hazel-max", -0.05 * 0.97),
    ] as [(String, String, Double)] {
      let (world, rows) = try ScenarioTests.log(name, seed: seed, exploration: 0.4)
      let excess = ScenarioTests.excess(world, rows, arm: ScenarioTests.arm(world, slug))
      #expect(abs(excess - expected) < 0.03, "\(name) \(slug) \(excess), seed \(seed)")
    }
    let (biased, rows) = try ScenarioTests.log("biased-judge", seed: seed)
    // Four fifths are 0.1 too low, and a fifth has a mean of a half.
    let strong = ScenarioTests.excess(biased, rows, arm: ScenarioTests.arm(biased, "hazel-max"))
    #expect(abs(strong - (-0.8 * 0.1 + 0.2 * (0.5 - 0.975))) < 0.03, "\(strong), seed \(seed)")
  }

  @Test("what a judge that is a model says of its own answers is not eligible")
  func ownAnswers() throws {
    let (world, rows) = try ScenarioTests.log("self-favouring-judge", seed: 31)
    let own = ScenarioTests.arm(world, "elm-medium")
    #expect(rows.contains { $0.arm == own })
    #expect(rows.allSatisfy { ($0.outcome(in: world) == nil) == ($0.arm == own) })
    #expect(ScenarioTests.excess(world, rows, arm: own) > 0.1)
  }

  @Test("a new model is never chosen before it comes, and drift ends where the truth says")
  func change() throws {
    let (world, rows) = try ScenarioTests.log("new-model", seed: 41, exploration: 0.4)
    let new = ScenarioTests.arm(world, "iris-new")
    let first = try #require(rows.first { $0.arm == new })
    #expect((30_000..<30_100).contains(first.number))
    let (drifting, later) = try ScenarioTests.log("drift", seed: 41)
    let arm = ScenarioTests.arm(drifting, "fir-large")
    let early = ScenarioTests.excess(drifting, Array(later.prefix(6000)), arm: arm)
    let late = ScenarioTests.excess(drifting, Array(later.suffix(6000)), arm: arm)
    #expect(abs(early + 0.01) < 0.04 && abs(late + 0.19) < 0.04, "\(early) \(late)")
    let cell = drifting.truth.cells[0]
    #expect(abs((cell.models["fir-large"]?.reward ?? 0) - (drifting.quality[arm] - 0.2)) < 1e-12)
  }

  @Test("labels come later, and those that would come after the log are not there")
  func delay() throws {
    let (_, rows) = try ScenarioTests.log("label-delay", seed: 51)
    let labelled = rows.filter { $0.score != nil }
    #expect(labelled.allSatisfy { $0.labelSecond >= $0.second && $0.labelSecond <= Log.days * 86_400 })
    let share = Double(labelled.count) / Double(rows.count)
    // 1 - (1 - exp(-28/3)) * 3/28 of all labels have come.
    #expect(abs(share - (1 - 3.0 / 28)) < 0.01, "\(share)")
  }

  @Test("a few calls carry much of the cost, and its mean is the truth's", arguments: [61, 62] as [UInt64])
  func tail(seed: UInt64) throws {
    let (world, rows) = try ScenarioTests.log("heavy-tailed-costs", seed: seed)
    let arms = world.catalog.models.count
    let ratios = rows.map { $0.cost / world.cost[$0.cell * arms + $0.arm] }.sorted()
    #expect((ratios.last ?? 0) > 100, "seed \(seed)")
    // The mean converges slowly under such a tail; the median is exact: (1/3) 2^(2/3).
    #expect(abs(ratios[rows.count / 2] - 0.5291) < 0.02, "seed \(seed)")
  }

  @Test("under limits calls are refused, fall over, and no model stays over its hard limit")
  func backpressure() throws {
    let (world, rows) = try ScenarioTests.log("backpressure", seed: 71)
    let refused = rows.filter { !$0.succeeded }
    #expect(refused.count > 100 && refused.allSatisfy { $0.score == nil && $0.cost == 0 })
    #expect(refused.allSatisfy { $0.outcome(in: world)?.isDone == false })
    let fallen = refused.dropLast().map { rows[$0.number + 1] }
    #expect(zip(refused, fallen).allSatisfy { $0.second == $1.second && $0.cell == $1.cell && $0.arm != $1.arm })
    for arm in world.catalog.models.indices {
      #expect(rows.suffix(1000).count { $0.arm == arm && $0.succeeded } < 400)
    }
  }
}
