import LinUCB
import Outcomes
import TestSupport
import Testing

@Suite struct ArmFitTests {
  @Test(
    "the arrowhead solution is the reference's",
    arguments: ["linucb-cells", "linucb-cells-only", "linucb-many-cells"])
  func cells(name: String) throws {
    let vector = try Repository.vector(name, as: CellVector.self)
    let varying = vector.shared[0].count
    var builder = StatisticsBuilder(arms: vector.expected.count, varying: varying)
    for row in vector.arm.indices {
      let arm = try #require(vector.expected.firstIndex { $0.model == vector.arm[row] })
      let context = vector.shared[row]
      builder.add(
        cell: vector.cell[row], arm: arm, reward: vector.reward[row], rootWeight: vector.weight[row].squareRoot(),
        varying: context.span)
    }
    let statistics = builder.finish()
    for (arm, expected) in vector.expected.enumerated() {
      let fit = try ArmFit(
        statistics, arm: arm, prior: expected.prior, features: .none,
        ridge: Ridge(shared: vector.ridge_shared, cell: vector.ridge_cell), order: Array(0..<statistics.cells),
        name: expected.model)
      #expect(areClose(fit.sharedCoefficients, expected.theta_shared))
      let coefficients = fit.cellCoefficients()
      let padded = coefficients + Array(repeating: 0, count: vector.cells - coefficients.count)
      #expect(areClose(padded, expected.theta_cell))
      let estimates = fit.estimates(count: vector.probe_cell.count, cell: { vector.probe_cell[$0] }) { probe, row in
        for feature in 0..<varying { row[feature] = vector.probe_shared[probe][feature] }
      }
      #expect(areClose(estimates.map(\.mean), expected.probe_mean))
      #expect(areClose(estimates.map(\.width), expected.probe_width))
      #expect(areClose(estimates.map { $0.mean + vector.alpha * $0.width }, expected.probe_ucb))
    }
  }

  @Test(
    "with cell effects pinned to zero it is plain disjoint LinUCB",
    arguments: ["linucb-dense", "linucb-weighted-prior", "linucb-starved-arm"])
  func dense(name: String) throws {
    let vector = try Repository.vector(name, as: DenseVector.self)
    var builder = StatisticsBuilder(arms: vector.expected.count, varying: vector.contexts[0].count)
    for row in vector.arm.indices {
      let arm = try #require(vector.expected.firstIndex { $0.model == vector.arm[row] })
      let context = vector.contexts[row]
      builder.add(
        cell: 0, arm: arm, reward: vector.reward[row], rootWeight: vector.weight[row].squareRoot(),
        varying: context.span)
    }
    let statistics = builder.finish()
    for (arm, expected) in vector.expected.enumerated() {
      let fit = try ArmFitTests.dense(statistics, arm: arm, prior: expected.prior, ridge: vector.ridge)
      #expect(areClose(fit.sharedCoefficients, expected.theta))
      let estimates = fit.estimates(count: vector.probes.count, cell: { _ in 0 }) { probe, row in
        for feature in vector.probes[probe].indices { row[feature] = vector.probes[probe][feature] }
      }
      #expect(areClose(estimates.map(\.mean), expected.probe_mean))
      #expect(areClose(estimates.map(\.width), expected.probe_width))
      #expect(areClose(estimates.map { $0.mean + vector.alpha * $0.width }, expected.probe_ucb))
    }
  }

  private static func dense(
    _ statistics: Statistics, arm: Int, prior: Double, ridge: Double
  ) throws -> ArmFit {
    try ArmFit(
      statistics, arm: arm, prior: prior, features: .none, ridge: Ridge(shared: ridge, cell: .infinity),
      order: Array(0..<statistics.cells), name: "arm \(arm)")
  }

  @Test("the upper bounds are those that MABWiser publishes")
  func published() throws {
    let vector = try Repository.vector("published", as: PublishedVector.self).linucb
    for scenario in vector.cases {
      var builder = StatisticsBuilder(arms: scenario.arms.count, varying: vector.history[0].count)
      for (row, decision) in scenario.decisions.enumerated() {
        let context = vector.history[row]
        builder.add(
          cell: 0, arm: decision - 1, reward: scenario.rewards[row], rootWeight: 1, varying: context.span)
      }
      let statistics = builder.finish()
      for arm in scenario.arms.indices {
        let fit = try ArmFitTests.dense(statistics, arm: arm, prior: 0, ridge: vector.ridge)
        let estimates = fit.estimates(count: vector.queries.count, cell: { _ in 0 }) { query, row in
          for feature in vector.queries[query].indices { row[feature] = vector.queries[query][feature] }
        }
        for (query, estimate) in estimates.enumerated() {
          #expect(isClose(estimate.mean + scenario.alpha * estimate.width, scenario.ucb[query][arm]))
        }
      }
    }
  }

  @Test("a sum that is not finite is an error that names the arm")
  func refusesNonFinite() {
    var builder = StatisticsBuilder(arms: 1)
    builder.add(cell: 0, arm: 0, reward: .nan, rootWeight: 1)
    let statistics = builder.finish()
    #expect(throws: LinUCBError.notFinite(arm: "model-a", quantity: "the sum of rewards of cell 0", value: "nan")) {
      _ = try ArmFit(
        statistics, arm: 0, prior: 0.5, features: .none, ridge: Ridge(), order: [0], name: "model-a"
      ).sharedCoefficients
    }
  }

  @Test("a cell never seen falls back to the prior, with the width of the ridge alone")
  func unseen() throws {
    let fit = try ArmFit(
      Statistics(arms: 1), arm: 0, prior: 0.7, features: CellFeatures(cells: [Cell(task: "a", tenant: "*", band: "b")]),
      ridge: Ridge(shared: 1, cell: 20), order: [], name: "model-a")
    let estimate = fit.estimates(count: 1, cell: { _ in nil }) { _, row in for index in 0..<3 { row[index] = 1 } }[0]
    #expect(estimate.mean == 0.7)
    #expect(isClose(estimate.width * estimate.width, 3 + 1.0 / 20))
  }
}
