import LinUCB
import Outcomes
import TestSupport
import Testing

@Suite struct RidgeEvidenceTests {
  struct Vector: Decodable {
    struct Row: Decodable {
      let cell: Int
      let arm: Int
      let reward: Double
      let weight: Double
    }

    struct Trial: Decodable {
      let ridge_cell: Double
      let minus_two_log_likelihood: Double
      let residual_variance: [Double]
    }

    struct Case: Decodable {
      let arms: Int
      let priors: [Double]
      let cell_features: [[Double]]
      let ridge_shared: Double
      let rows: [Row]
      let by_ridge_cell: [Trial]
      let expected_ridge_cell: Double
    }

    let cases: [Case]
  }

  @Test("the likelihood and the residual variance of each ridge are the reference's, and so is the choice")
  func vectors() throws {
    for (number, vector) in try Repository.vector("ridge-cell", as: Vector.self).cases.enumerated() {
      var builder = StatisticsBuilder(arms: vector.arms, varying: vector.cell_features[0].count)
      for row in vector.rows {
        let features = vector.cell_features[row.cell]
        builder.add(
          cell: row.cell, arm: row.arm, reward: row.reward, rootWeight: row.weight.squareRoot(), varying: features.span)
      }
      let statistics = builder.finish()
      var best = (ridge: 0.0, deviance: Double.infinity)
      for trial in vector.by_ridge_cell {
        var deviance = 0.0
        for arm in 0..<vector.arms {
          let fit = try ArmFit(
            statistics, arm: arm, prior: vector.priors[arm], features: .none,
            ridge: Ridge(shared: vector.ridge_shared, cell: trial.ridge_cell), order: Array(0..<statistics.cells),
            name: "arm \(arm)")
          #expect(isClose(fit.evidence.residualVariance, trial.residual_variance[arm]), "case \(number)")
          deviance += fit.evidence.deviance
        }
        #expect(isClose(deviance, trial.minus_two_log_likelihood), "case \(number), ridge \(trial.ridge_cell)")
        if deviance < best.deviance { best = (trial.ridge_cell, deviance) }
      }
      #expect(best.ridge == vector.expected_ridge_cell, "case \(number)")
      #expect(vector.by_ridge_cell.map(\.ridge_cell) == Regression.cellRidges)
    }
  }

  @Test(
    "cells that differ much ask for a small ridge, and cells that are alike for a large one",
    arguments: [1, 2] as [UInt64])
  func choice(seed: UInt64) throws {
    func ridge(spread: Double) throws -> Double {
      var generator = SeededGenerator(seed: seed)
      var directory = CellDirectory()
      var builder = StatisticsBuilder(arms: 1)
      for number in 0..<200 {
        let cell = directory.number(of: Cell(task: "t\(number % 4)", tenant: "u\(number / 4)", band: "b"))
        let quality = 0.5 + spread * (generator.uniform() - 0.5)
        for _ in 0..<30 {
          builder.add(cell: cell, arm: 0, reward: generator.uniform() < quality ? 1 : 0, rootWeight: 1)
        }
      }
      return try Regression(builder.finish(), directory: directory, priors: [0.5], names: ["a"]).mostLikelyCellRidge(
        Ridge())
    }
    #expect(try ridge(spread: 0.9) <= 5, "seed \(seed)")
    #expect(try ridge(spread: 0) >= 80, "seed \(seed)")
  }
}
