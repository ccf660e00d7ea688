import Foundation
import LinUCB
import Outcomes
import Policies
import Replay
import Research
import Simulation
import Worker

/// Whether the ridge on cells that is most likely by the marginal likelihood is better than the one of 20.
enum RidgeStudy {
  private struct Result: Sendable {
    var error = [0.0, 0.0]
    var reward = [0.0, 0.0]
    var isUnderFloor = [0.0, 0.0]
    var ridge = 0.0
  }

  static func table(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "The ridge on cells: 20, or the most likely one",
      note:
        "\(logs) logs each; the root mean squared error of the learned quality over cells and models by traffic, the true "
        + "reward of the learned policy, and the share of its traffic that is truly under a floor in %, each as 20 / auto; and "
        + "the median of the ridge that auto chooses.",
      header: ["world", "outcomes", "error", "reward", "under a floor", "chosen"])
    for (number, setting) in settings.enumerated() {
      let results = try Parallel.map(logs) { log -> Swift.Result<Result, any Error> in
        let seed = seed &+ UInt64(95_000_000 + number * 100_000 + log)
        return Swift.Result { try run(setting.world(seed), rows: setting.rows, seed: seed) }
      }.map { try $0.get() }
      func pair(_ path: KeyPath<Result, [Double]>, _ places: Int) -> String {
        [0, 1].map { choice in
          (results.reduce(0) { $0 + $1[keyPath: path][choice] } / Double(logs)).decimals(places)
        }.joined(separator: " / ")
      }
      let chosen = results.map(\.ridge).sorted()
      table.add([
        setting.name, "\(setting.rows)", pair(\.error, 4), pair(\.reward, 4), pair(\.isUnderFloor, 1),
        chosen[chosen.count / 2].decimals(0),
      ])
    }
    return table
  }

  private static let settings = [1000, 3000, 20_000, 100_000].flatMap { rows in
    [
      StudySetting("stationary, 10 % exploration", rows: rows) { World.stationary(seed: $0) },
      StudySetting("stationary, 40 % exploration", rows: rows) { World.stationary(seed: $0, exploration: 0.4) },
      StudySetting("cells that differ, 40 % exploration", rows: rows) {
        StudyWorld.random(seed: $0, models: 6, exploration: 0.4)
      },
    ]
  }

  private static func run(_ world: World, rows: Int, seed: UInt64) throws -> Result {
    var result = Result()
    for (choice, isAutomatic) in [false, true].enumerated() {
      var settings = Settings()
      settings.floors = world.catalog.floors
      settings.defaultFloor = world.catalog.defaultFloor
      settings.choosesCellRidge = isAutomatic
      var log = StudyLog(world, rows: Experiment.log(world, rows: rows, seed: seed)[...])
      let learning = try Learning.learn(
        from: &log.source, catalog: world.catalog, settings: settings, incumbent: Experiment.untrained
      ).learning
      if isAutomatic { result.ridge = learning.ridge.cell }
      let policy = learning.candidate
      let truth = world.truth
      var (error, under) = (0.0, 0.0)
      for cell in truth.cells {
        guard let name = Cell(cell.cell) else { continue }
        let service = policy.serve(name, catalog: world.catalog, rule: .cheapestClearingFloor)
        let actual = world.catalog.models.map { cell.models[$0.slug]?.reward ?? 0 }
        let squares = zip(service.quality, actual).map { ($0 - $1) * ($0 - $1) }
        error += cell.share * squares.reduce(0, +) / Double(squares.count)
        let floor = world.catalog.floor(task: name.task)
        if let pick = service.decision.arm, actual[pick] < floor { under += cell.share }
      }
      result.error[choice] = error.squareRoot()
      result.reward[choice] = truth.value(of: policy, catalog: world.catalog, rule: .cheapestClearingFloor).reward
      result.isUnderFloor[choice] = 100 * under
    }
    return result
  }
}
