import Outcomes
import Policies
import Simulation
import Worker

/// A market in which a log, taken at its word, leads to harm, or in which a candidate is truly better.
struct TrapWorld: Sendable {
  /// What it is.
  let name: String
  /// What the share of harmful promotions must not exceed, or of promotions must reach, in words.
  let limit: String
  /// The outcomes of a log.
  var rows = 20_000
  /// The world of a seed.
  let world: @Sendable (UInt64) -> World
  /// Whether promoting the candidate is harm.
  let isHarm: @Sendable (Experiment) -> Bool

  private static let lower: @Sendable (Experiment) -> Bool = { $0.trueLift.done < -0.002 }

  /// Dearer by a quarter, or dearer by 2 % and not better.
  private static let dearer: @Sendable (Experiment) -> Bool = { experiment in
    let (lift, cost) = (experiment.trueLift, experiment.lift(of: experiment.incumbent).cost)
    return lift.cost > 0.25 * cost || (lift.cost > 0.02 * cost && lift.done < 0.005)
  }

  private static let lowerOrDearer: @Sendable (Experiment) -> Bool = { lower($0) || dearer($0) }
  private static let never: @Sendable (Experiment) -> Bool = { _ in false }

  /// The worlds of the manual's table, harm first.
  static let all: [TrapWorld] =
    [0.05, 0.2, 0.4].map { share in
      TrapWorld(
        name: "a better-judged model fails \((100 * share).decimals(0)) % of calls", limit: "5 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.86)
          world.conditions.failures = world.pairs { $1 == world.arm("small") ? share : 0 }
          return world
        }, isHarm: lower)
    } + [
      TrapWorld(
        name: "a parse bug scores one model 1 in one task", limit: "5 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.70)
          let arms = world.catalog.models.count
          world.conditions.unreadableScores = Set(
            world.cells.indices.filter { world.cells[$0].task == "code" }.map { $0 * arms + world.arm("medium") })
          return world
        }, isHarm: lowerOrDearer),
      TrapWorld(
        name: "two versions, no exploration, the judge drifts", limit: "0 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.78, exploration: 0)
          world.conditions.isDeterministic = true
          var step = Conditions.Step(at: 0.8)
          step.judgeBias = 0.1
          step.picks = world.nextCheaperPicks
          world.conditions.steps = [step]
          return world
        }, isHarm: { _ in true }),
      TrapWorld(
        name: "no propensities, a hidden reason", limit: "0 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.78)
          world.conditions.hiddenReason = Conditions.HiddenReason(arm: world.arm("small"), easyShare: 0.4, ease: 0.12)
          return world
        }, isHarm: { _ in true }),
      TrapWorld(
        name: "the new pick's cost rises 8 times in the holdout", limit: "5 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.86)
          var step = Conditions.Step(at: 0.7)
          step.cost = world.pairs { $1 == world.arm("small") ? 8 : 1 }
          world.conditions.steps = [step]
          return world
        }, isHarm: dearer),
    ]
    + [8.0, 40].map { factor in
      TrapWorld(
        name: "list prices wrong by \(factor.decimals(0))", limit: factor > 8 ? "0 %" : "5 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.86)
          var step = Conditions.Step(at: 0)
          step.cost = world.pairs { $1 == world.arm("small") ? factor : 1 }
          world.conditions.steps = [step]
          return world
        }, isHarm: dearer)
    } + [
      TrapWorld(
        name: "quality falls by 0.4 in the newest 5 %", limit: "15 %",
        world: { seed in
          var world = StudyWorld.market(seed: seed, small: 0.93, medium: 0.72, floor: 0.62)
          var step = Conditions.Step(at: 0.95)
          step.quality = world.pairs { $1 == world.arm("small") ? -0.4 : 0 }
          world.conditions.steps = [step]
          return world
        }, isHarm: lower),
      harmedTenant(rows: 20_000, limit: "25 %"), harmedTenant(rows: 60_000, limit: "5 %"),
      TrapWorld(
        name: "no pick should change", limit: "0 %", rows: 2000,
        world: { seed in StudyWorld.market(seed: seed, small: 0.60) }, isHarm: lower),
      TrapWorld(
        name: "truly better in done by 0.004 and 66 % cheaper, 40 % exploration", limit: "at least 50 %",
        world: { seed in StudyWorld.market(seed: seed, smallLift: 0.006) }, isHarm: never),
      TrapWorld(
        name: "truly better in done by 0.014 and 69 % cheaper, 5 % exploration", limit: "at least 80 %", rows: 60_000,
        world: { seed in StudyWorld.market(seed: seed, smallLift: 0.021, exploration: 0.05) }, isHarm: never),
    ]

  private static func harmedTenant(rows: Int, limit: String) -> TrapWorld {
    TrapWorld(
      name: "one tenant of twenty harmed by 0.14", limit: limit, rows: rows,
      world: { seed in
        var world = StudyWorld.market(seed: seed, small: 0.74, medium: 0.70, floor: 0.62, tenants: 20)
        let (arm, tenant) = (world.arm("small"), StudyWorld.harmedTenant)
        let cells = world.cells
        world.setQuality { cell, model, quality in model == arm && cells[cell].tenant == tenant ? 0.57 : quality }
        return world
      }, isHarm: isTenantHarmed)
  }

  /// Whether the tenant gets the bad model in half of its traffic or more.
  private static let isTenantHarmed: @Sendable (Experiment) -> Bool = { experiment in
    let world = experiment.world
    var (all, bad) = (0.0, 0.0)
    for (number, cell) in world.cells.enumerated() where cell.tenant == StudyWorld.harmedTenant {
      all += world.shares[number]
      let pick = experiment.learning.candidate.serve(
        cell, catalog: world.catalog, rule: .cheapestClearingFloor
      ).decision.arm
      if pick == world.arm("small") { bad += world.shares[number] }
    }
    return bad >= all / 2
  }
}
