import Outcomes
import Policies
import Replay
import Research
import Simulation
import Worker

/// How often each 95 % interval of the lift in done holds the true lift.
enum CoverageStudy {
  private struct Setting {
    let name: String
    let models: Int
    let exploration: Double
    var agents = 60
    var agentEffect = 0.0
    var rows = 10_000
  }

  private static let settings = [
    Setting(name: "2 models, 10 % exploration", models: 2, exploration: 0.1),
    Setting(name: "8 models, 10 % exploration", models: 8, exploration: 0.1),
    Setting(name: "20 models, 10 % exploration", models: 20, exploration: 0.1),
    Setting(name: "2 models, 30 % exploration", models: 2, exploration: 0.3),
    Setting(name: "8 models, 20 % exploration", models: 8, exploration: 0.2),
    Setting(name: "8 models, 30 % exploration", models: 8, exploration: 0.3),
    Setting(name: "20 models, 30 % exploration", models: 20, exploration: 0.3),
    Setting(name: "2 models, 30 %, clustered", models: 2, exploration: 0.3, agentEffect: 0.1),
    Setting(name: "8 models, 10 %, clustered", models: 8, exploration: 0.1, agentEffect: 0.1),
    Setting(name: "8 models, 30 %, clustered", models: 8, exploration: 0.3, agentEffect: 0.1),
    Setting(name: "20 models, 30 %, clustered", models: 20, exploration: 0.3, agentEffect: 0.1),
    Setting(name: "8 models, 30 %, clustered, 2 × 8 agents", models: 8, exploration: 0.3, agents: 8, agentEffect: 0.1),
    Setting(name: "8 models, 30 %, 1,000 rows", models: 8, exploration: 0.3, rows: 1000),
  ]

  static func table(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Coverage of the 95 % intervals of the lift in done",
      note:
        "\(logs) logs each, 10,000 outcomes of which 3,000 are held out, 2 × 60 agents; in % ± two standard errors. "
        + "Clustered: the k-th agent calls in proportion to 1/k, and each agent's luck with a model is 0.1 off.",
      header: ["world"] + Interval.Method.allCases.map { $0.rawValue.replacing("_", with: " ") })
    for (number, setting) in settings.enumerated() {
      let hits = try Parallel.map(logs) { log -> Result<[Bool], any Error> in
        Result { try covers(setting, seed: seed &+ UInt64(number * 100_000 + log)) }
      }.map { try $0.get() }
      table.add(
        [setting.name]
          + Interval.Method.allCases.indices.map { method in
            MarkdownTable.percent(hits.count { $0[method] }, of: logs)
          })
    }
    return table
  }

  private static let quantitySettings = [1000, 1300, 2000, 5000, 20_000].flatMap { rows in
    [
      StudySetting("8 models, 30 % exploration", rows: rows) {
        StudyWorld.random(seed: $0, models: 8, exploration: 0.3, hasTaskLengths: true)
      },
      StudySetting("stationary, 40 % exploration", rows: rows) { World.stationary(seed: $0, exploration: 0.4) },
      StudySetting("stationary, 10 % exploration", rows: rows) { World.stationary(seed: $0) },
      StudySetting("3 models, 60 % exploration", rows: rows) {
        StudyWorld.random(seed: $0, models: 3, exploration: 0.6, hasTaskLengths: true)
      },
    ]
  }

  /// How often the interval that decides holds the true lift in each quantity, on small logs too.
  static func quantities(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Coverage of the interval that decides, by quantity",
      note:
        "\(logs) logs each, costs that differ by task and model; the cluster bootstrap at the level of a first try, "
        + "\((100 * (1 - AlphaSpending.level(try: 1))).decimals(2)) %; in % ± two standard errors, of the logs whose picks "
        + "change, estimates that the gate would not show for want of overlap included.",
      header: ["world", "outcomes", "logs", "reward", "done", "cost"])
    for (number, setting) in quantitySettings.enumerated() {
      let hits = try Parallel.map(logs) { log -> Result<[Bool]?, any Error> in
        let seed = seed &+ UInt64(90_000_000 + number * 100_000 + log)
        return Result { try covers(setting.world(seed), rows: setting.rows, seed: seed) }
      }.compactMap { try $0.get() }
      table.add(
        [setting.name, "\(setting.rows)", "\(hits.count)"]
          + Quantity.allCases.map { quantity in
            MarkdownTable.percent(hits.count { $0[quantity.rawValue] }, of: max(hits.count, 1))
          })
    }
    return table
  }

  /// Whether the interval of each quantity holds; nil where nothing is estimated.
  private static func covers(_ world: World, rows: Int, seed: UInt64) throws -> [Bool]? {
    var settings = Experiment.settings
    settings.learner.minimumSupport = 0
    settings.thresholds.minimumEffectiveSampleSize = 0
    let experiment = try Experiment(world, rows: rows, seed: seed, settings: settings)
    guard experiment.replayer.replay.cells.contains(where: \.isChanged) else { return nil }
    let truth = experiment.trueLift
    return zip([truth.reward, truth.done, truth.cost], Quantity.allCases).map { value, quantity in
      experiment.gate.lift(quantity).interval.contains(value)
    }
  }

  private static func covers(_ setting: Setting, seed: UInt64) throws -> [Bool] {
    let world = StudyWorld.random(
      seed: seed, models: setting.models, exploration: setting.exploration, agents: setting.agents,
      agentEffect: setting.agentEffect)
    let experiment = try Experiment(world, rows: setting.rows, seed: seed)
    let truth = experiment.trueLift.done
    let lift = Lift(experiment.replayer.replay, .done, alpha: 0.05, draws: 1000, seed: seed)
    return Interval.Method.allCases.map { lift.interval($0).contains(truth) }
  }
}
