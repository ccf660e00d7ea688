import LinUCB
import Outcomes
import Policies
import Replay
import TestSupport
import Testing

@Suite struct VersionMixtureTests {
  static let catalog = Catalog(
    models: [("a", 0.9, 1.0), ("b", 0.9, 2.0)].map {
      CatalogModel(slug: $0.0, prior: $0.1, inputPrice: $0.2, outputPrice: $0.2, isAllowed: true)
    }, floors: ["code": 0.5])
  static let cell = Cell(task: "code", tenant: "t", band: "cost")

  /// A policy that serves `b` in the cell.
  static func policy(serving model: String) throws -> Policy {
    try Policy(
      canonicalJSON: Array(
        "{\"cells\":{\"code:t:cost\":{\"models\":{},\"n_cell\":9,\"pick\":\"\(model)\",\"rule\":\"incumbent_kept\"}},\"exploration\":0.05}"
          .utf8))
  }

  @Test("a model's propensity is the share of the versions that would choose it, by their rows")
  func shares() throws {
    let mixture = VersionMixture([
      (try VersionMixtureTests.policy(serving: "a"), 300), (try VersionMixtureTests.policy(serving: "b"), 100),
    ])
    #expect(
      mixture.propensities(
        in: VersionMixtureTests.cell, catalog: VersionMixtureTests.catalog, rule: .cheapestClearingFloor) == [
          0.75, 0.25,
        ])
  }

  @Test(
    "a log of two deterministic versions tells which model is better, and rows that no version explains are counted")
  func replays() throws {
    let (old, new) = (try VersionMixtureTests.policy(serving: "a"), try VersionMixtureTests.policy(serving: "b"))
    var directory = CellDirectory()
    let number = directory.number(of: VersionMixtureTests.cell)
    var tally = TrainingTally(arms: 2)
    func outcome(_ arm: Int, isGood: Bool, group: Int, _ propensity: Propensity = .version) -> Outcome {
      Outcome(
        cell: number, arm: arm, reward: isGood ? 1 : 0, succeeded: true, cost: 1, propensity: propensity, group: group)
    }
    tally.add(outcome(0, isGood: true, group: 0), directory: directory)
    var replayer = Replayer(
      candidate: new, incumbent: old, catalog: VersionMixtureTests.catalog, rule: .cheapestClearingFloor,
      log: Replayer.LogKnowledge(
        tally: tally, estimatedPropensity: { _, _ in 0.5 }, versions: VersionMixture([(old, 200), (new, 200)])))
    // `a` is done in a half of its calls and `b` in all.
    for row in 0..<400 {
      replayer.add(outcome(row % 2, isGood: row % 2 == 1 || row % 4 == 0, group: row), directory: directory)
    }
    #expect(replayer.propensities.versions == 400)
    let lift = Lift(replayer.replay, .done, alpha: 0.05, draws: 300, seed: 1)
    #expect(isClose(lift.mean, 0.95 * 0.5 - 0.05 * 0.5, relative: 1e-6) && lift.interval.lower > 0)
  }

  @Test("rows are settled by the least that training saw, and what cannot be settled has no weight")
  func settles() throws {
    var directory = CellDirectory()
    let number = directory.number(of: VersionMixtureTests.cell)
    var tally = TrainingTally(arms: 2)
    func outcome(_ arm: Int, _ propensity: Propensity) -> Outcome {
      Outcome(cell: number, arm: arm, reward: 1, succeeded: true, cost: 1, propensity: propensity, group: 0)
    }
    tally.add(outcome(0, .logged(0.4)), directory: directory)
    let policy = Policy.untrained(exploration: 0.05)
    var replayer = Replayer(
      candidate: policy, incumbent: policy, catalog: VersionMixtureTests.catalog, rule: .cheapestClearingFloor,
      log: Replayer.LogKnowledge(tally: tally, estimatedPropensity: { _, _ in 0.5 }))
    for row in [
      outcome(0, .logged(0.4)), outcome(0, .logged(0.3)), outcome(1, .logged(0.9)), outcome(0, .invalid),
      outcome(0, .unknown), outcome(0, .deterministic), outcome(0, .version),
      outcome(0, Propensity(logged: 0, isDeterministic: false)),
      outcome(0, Propensity(logged: 1.5, isDeterministic: true)),
    ] { replayer.add(row, directory: directory) }
    let counts = replayer.propensities
    #expect(counts.logged == 1 && counts.belowLeast == 3 && counts.invalid == 4 && counts.deterministic == 1)
    #expect(counts.total == 9 && counts.summary.contains("1 logged (11.1 %)"))
  }
}
