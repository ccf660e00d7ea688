import Foundation
import Outcomes
import Policies
import Replay
import Reports
import Simulation
import Testing
import Worker

/// Worlds in which a log, taken at its word, leads to harm: the gate holds, on the check that sees it.
@Suite struct TrapTests {
  /// The run of a log of a world.
  static func replay(_ world: World, rows: Int, seed: UInt64, settings: Settings = Settings()) throws -> RunReport {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("labs-trap-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let start = Date(timeIntervalSince1970: 1_767_225_600)
    let lines = Log(world, rows: rows, seed: seed).map { DatasetText.line($0, of: world, start: start) }
    let path = folder.appendingPathComponent("outcomes.csv").path
    try Data((DatasetText.header + lines.joined()).utf8).write(to: URL(fileURLWithPath: path))
    var settings = settings
    settings.selection.source = "any"
    return try FileReplay(
      outcomes: DatasetFile.Outcomes(path: path, format: .csv), catalog: world.catalog,
      incumbent: .untrained(exploration: 0.05), settings: settings
    ).run().report
  }

  private static func failures(_ report: RunReport) -> [GateCheck.Name] {
    report.checks.filter { !$0.passed && $0.name != .source }.map(\.name)
  }

  @Test(
    "a trap is seen by the check that is for it",
    arguments: [
      ("parse-bug", GateCheck.Name.labels), ("versions", .propensities), ("hidden-reason", .propensities),
      ("cost-shock", .drift), ("quality-collapse", .drift), ("deterministic", .propensities),
    ])
  func isSeen(name: String, check: GateCheck.Name) throws {
    let exploration = ["versions", "hidden-reason", "deterministic"].contains(name) ? nil : 0.4
    let world = try #require(Scenario(name: name)).world(seed: 1, exploration: exploration)
    let report = try TrapTests.replay(world, rows: 8000, seed: 1)
    #expect(report.verdict == .hold && TrapTests.failures(report).contains(check), "seed 1: \(report.reason)")
  }

  @Test("a model that fails is not learned to be good, and the lift says how much is through failures")
  func failing() throws {
    let world = try #require(Scenario(name: "failing-model")).world(seed: 3, exploration: 0.4)
    let report = try TrapTests.replay(world, rows: 8000, seed: 3)
    #expect(report.outcomes.knownWithoutJudge > 50 && report.replay.served.failures > 0.005)
    let parts = (report.replay.doneLiftThroughFailures, report.replay.doneLiftThroughQuality)
    let lift = try #require(report.replay.lift["done"])
    #expect(abs((parts.0 ?? 9) + (parts.1 ?? 9) - lift.mean) < 1e-12)
    #expect(report.verdict == .hold || lift.mean > 0)
  }

  @Test("what the log does not show is absent with its reason, in text, JSON and page")
  func absent() throws {
    let world = try #require(Scenario(name: "deterministic")).world(seed: 1)
    let report = try TrapTests.replay(world, rows: 8000, seed: 1)
    // Without exploration nothing can take over by support; a small support makes the candidate another policy.
    var settings = Settings()
    settings.learner.minimumSupport = 0
    let other = try TrapTests.replay(world, rows: 8000, seed: 1, settings: settings)
    #expect(report.replay.absent.isEmpty)
    let reason = try #require(other.replay.absent["candidate"])
    #expect(other.replay.lift.isEmpty && other.replay.candidate.isEmpty && !other.replay.incumbent.isEmpty)
    let text = TextReport.text(other)
    #expect(text.contains("not available: candidate:") && reason.contains("hardly ever chose"))
    #expect(try JSONReport.text(other).contains("hardly ever chose"))
    let page = RunPage(other).html
    #expect(page.contains("The lift is not available: candidate:"))
    #expect(other.checks.first { $0.name == .singleModel }?.severity == .notApplicable)
    #expect(other.checks.first { $0.name == .noWorse }?.observed.hasPrefix("not available (candidate:") == true)
  }

  @Test("failures come first in the report, then warnings, then what passed")
  func order() throws {
    let world = try #require(Scenario(name: "cost-shock")).world(seed: 1, exploration: 0.4)
    let report = try TrapTests.replay(world, rows: 5000, seed: 1)
    let ranks = report.checks.bySeverity.map {
      [GateCheck.Severity.fail, .warn, .pass, .notApplicable].firstIndex(of: $0.severity)
    }
    #expect(zip(ranks, ranks.dropFirst()).allSatisfy { ($0 ?? 9) <= ($1 ?? 9) } && ranks.count == 20)
  }

  @Test("many small tenants with nothing wrong do not keep a better policy from being promoted")
  func manyTenants() throws {
    let cells = (1...60).map { Cell(task: "code", tenant: "t\($0)", band: "cost") }
    let models = [("a", 0.55, 1.0), ("b", 0.8, 3.0)].map {
      CatalogModel(slug: $0.0, prior: $0.1, inputPrice: $0.2, outputPrice: $0.2, isAllowed: true)
    }
    let world = World(
      catalog: Catalog(models: models, floors: [:], defaultFloor: 0.6), cells: cells,
      shares: Array(repeating: 1.0 / 60, count: 60), quality: cells.flatMap { _ in [0.8, 0.7] },
      cost: cells.flatMap { _ in [1e-3, 3e-3] }, agents: 4, exploration: 0.6)
    let report = try TrapTests.replay(world, rows: 6000, seed: 2)
    #expect(report.verdict == .promote, "\(report.reason)")
    let check = try #require(report.checks.first { $0.name == .tenants })
    #expect(check.severity == .pass, "\(check.observed)")
  }
}
