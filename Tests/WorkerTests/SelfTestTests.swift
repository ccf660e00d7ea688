import Outcomes
import Policies
import Replay
import Reports
import Simulation
import Testing
import Worker

@Suite struct SelfTestTests {
  /// A log of two models that are drawn alike, of which the cheaper one is believed to be under the floor.
  private static func test(_ change: (inout Settings) -> Void) throws -> SelfTestReport {
    let cells = ["code", "chat"].map { Cell(task: $0, tenant: "t", band: "cost") }
    let models = [("a", 0.55, 1.0), ("b", 0.8, 3.0)].map {
      CatalogModel(slug: $0.0, prior: $0.1, inputPrice: $0.2, outputPrice: $0.2, isAllowed: true)
    }
    let world = World(
      catalog: Catalog(models: models, floors: [:], defaultFloor: 0.6), cells: cells, shares: [0.5, 0.5],
      quality: [0.7, 0.7, 0.7, 0.7], cost: [1e-3, 1e-3, 1e-3, 1e-3], agents: 100, exploration: 1)
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    let outcomes = Log(world, rows: 1500, seed: 5).compactMap { $0.outcome(in: world) }
    var source = RecordedOutcomes(directory: directory, training: outcomes[..<1050], holdout: outcomes[1050...])
    let survey = Survey(
      total: 1500, dropped: [:], judges: ["j": 1500], newJudges: [], sources: ["prod": 1500], training: 1050,
      holdout: 450, window: "0"..."1", cut: nil)
    var settings = Settings()
    (settings.floors, settings.defaultFloor) = ([:], 0.6)
    settings.thresholds.draws = 200
    change(&settings)
    return try SelfTest(
      &source, survey: survey, catalog: world.catalog, settings: settings, incumbent: .untrained(exploration: 0.05)
    ).run(draws: 20, seed: 3)
  }

  @Test("a log in which nothing is better promotes hardly anything, and advice comes only where it is too much")
  func keepsItsPromise() throws {
    let report = try SelfTestTests.test { _ in }
    #expect(report.promoted <= 2, "\(report)")
    #expect(report.isTooHigh == !report.tried.isEmpty && report.isTooHigh == (report.advice != nil))
  }

  @Test("advice is tried on the same candidates, and its figure is printed")
  func advises() throws {
    let report = try SelfTestTests.test { settings in
      settings.thresholds.alpha = 0.99
      settings.thresholds.doneTolerance = 1
      settings.thresholds.doneGain = 1e-9
      settings.thresholds.costLimit = 9
    }
    #expect(report.isTooHigh && !report.tried.isEmpty)
    let advice = try #require(report.advice)
    let last = try #require(report.tried.last)
    #expect(advice.contains(last.setting) && advice.contains(" %") && report.text.contains("ADVICE  \(advice)"))
    #expect(last.promoted <= 1 || advice.contains("no setting that was tried is enough"))
  }
}
