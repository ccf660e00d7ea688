import Outcomes
import Replay
import Research
import Simulation
import Worker

/// How far each estimator of the candidate's done lies from the truth.
enum EstimatorStudy {
  private static let sizes = [1000, 3000, 10_000, 30_000]

  static func table(logs: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Bias and root mean squared error of the candidate's done",
      note: "\(logs) logs each of the world with 8 models and 20 % exploration, by the number of outcomes, of which "
        + "30 % are held out; in points of done, 100 × (bias / RMSE).",
      header: ["estimator"] + sizes.map { "\($0)" })
    var columns: [[Estimator: String]] = []
    for (number, size) in sizes.enumerated() {
      let errors = try Parallel.map(logs) { log -> Result<[Estimator: Double], any Error> in
        Result { try estimationErrors(rows: size, seed: seed &+ UInt64(5_000_000 + number * 100_000 + log)) }
      }.map { try $0.get() }
      columns.append(
        Dictionary(
          uniqueKeysWithValues: Estimator.allCases.map { estimator in
            let values = errors.compactMap { $0[estimator] }
            let bias = values.reduce(0, +) / Double(max(values.count, 1))
            let square = values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))
            return (estimator, "\((100 * bias).signedDecimals(2)) / \((100 * square.squareRoot()).decimals(2))")
          }))
    }
    for estimator in Estimator.allCases where estimator != .replay {
      table.add([estimator.rawValue.replacing("_", with: " ")] + columns.map { $0[estimator] ?? "-" })
    }
    return table
  }

  private static func estimationErrors(rows: Int, seed: UInt64) throws -> [Estimator: Double] {
    let world = StudyWorld.random(seed: seed, models: 8, exploration: 0.2)
    let experiment = try Experiment(world, rows: rows, seed: seed)
    let truth = experiment.lift(of: experiment.learning.candidate).done
    var errors: [Estimator: Double] = [:]
    for estimator in Estimator.allCases {
      errors[estimator] = experiment.replayer.replay.candidate.estimate(.done, estimator).map { $0.value - truth }
    }
    return errors
  }
}
