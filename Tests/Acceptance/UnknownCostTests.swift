import Foundation
import Postgres
import TestSupport
import Testing

/// Costs that nobody knows: they are counted, and never taken for 0.
@Suite(.blocking, .timeLimit(.minutes(30))) struct UnknownCostTests {
  private struct Report: Decodable {
    struct Cost: Decodable {
      let model: String
      let rows: Int
      let known: Int
      let unknown: Int
      let failed_without_cost: Int
      let mean_usd: Double?
    }

    struct Replay: Decodable { let costs: [Cost]? }

    struct Figures: Decodable {
      struct Model: Decodable { let name: String }

      let single_models: [Model]
    }

    let replay: Replay
    let figures: Figures
  }

  private static func report(_ program: Program) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(program.output.utf8))
  }

  @Test(
    "costs that are unknown in too many rows hold the run, which counts them by model",
    arguments: [
      ("NULL", "chosen_model_slug = 'elm-medium'"), ("'NaN'", "chosen_model_slug = 'elm-medium'"),
      ("-cost_actual_usd", "chosen_model_slug = 'elm-medium'"), ("1e300", "chosen_model_slug = 'elm-medium'"),
      ("'Infinity'", "true"), ("NULL", "true"), ("-1", "cell LIKE 'code:%'"), ("NULL", "cell LIKE 'chat:%'"),
      ("'-Infinity'", "created_at > (SELECT max(created_at) - interval '3 days' FROM routing_outcomes)"),
    ])
  func holds(value: String, rows: String) throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes ALTER cost_actual_usd TYPE float8")
    try owner.query("UPDATE routing_outcomes SET cost_actual_usd = \(value) WHERE \(rows)")
    let program = try night.train(["--dry-run"])
    let result = try program.result()
    #expect(program.status == 0 && result.reason.hasPrefix("would hold: costs:"), "\(result.reason)")
    let costs = try #require(try UnknownCostTests.report(program).replay.costs)
    let expected = try owner.query(
      "SELECT chosen_model_slug, count(*), count(*) FILTER (WHERE cost_actual_usd >= 0 AND cost_actual_usd <= 1e6) "
        + "FROM routing_outcomes GROUP BY 1 ORDER BY chosen_model_slug COLLATE \"C\""
    ).rows
    let seen = costs.filter { $0.rows > 0 }.map { [$0.model, "\($0.rows)", "\($0.known)"] }
    #expect(seen == expected.map { $0.compactMap(\.self) })
    #expect(costs.allSatisfy { $0.unknown == $0.rows - $0.known && ($0.mean_usd == nil) == ($0.known == 0) })
    let unknown = costs.filter { $0.known == 0 }.map(\.model)
    #expect(try UnknownCostTests.report(program).figures.single_models.allSatisfy { !unknown.contains($0.name) })
    let text = try Program(
      ["train", "--cadence", "manual", "--dry-run"],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    let total = costs.reduce(0) { $0 + $1.unknown }
    let line = text.output.split(separator: "\n").first { $0.contains("of these without a known cost") }
    #expect(line?.split(separator: " ").contains("\(total)") == true, "\(line ?? "no line")")
  }

  @Test("costs of failed calls alone may be unknown, and a zero with a sign is a cost")
  func failedCalls() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes ALTER cost_actual_usd TYPE float8")
    try owner.query(
      "UPDATE routing_outcomes SET outcome_status = 'failed_other', cost_actual_usd = NULL "
        + "WHERE id IN (SELECT id FROM routing_outcomes ORDER BY md5(id::text) LIMIT 1000)")
    try owner.query(
      "UPDATE routing_outcomes SET cost_actual_usd = '-0' "
        + "WHERE id IN (SELECT id FROM routing_outcomes ORDER BY md5(id::text) OFFSET 1000 LIMIT 50)")
    let program = try night.train(["--dry-run"])
    #expect(try program.result().check("costs")?.passed == true, "\(program.errors)")
    let costs = try #require(try UnknownCostTests.report(program).replay.costs)
    #expect(costs.reduce(0) { $0 + $1.failed_without_cost } == 1000 && costs.reduce(0) { $0 + $1.unknown } == 1000)
  }

  @Test("a file counts and holds as the database does", arguments: ["", "NaN", "-0.001", "1e300", "-inf", "1e400"])
  func files(value: String) throws {
    let folder = try TemporaryFolder()
    let lines = try Repository.synthetic("outcomes.csv").split(separator: "\n")
    let names = lines[0].split(separator: ",")
    let (model, cost) = (
      try #require(names.firstIndex(of: "chosen_model_slug")), try #require(names.firstIndex(of: "cost_actual_usd"))
    )
    var changed = 0
    let rows = lines.dropFirst().map { line -> String in
      var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if fields[model] == "elm-medium" {
        fields[cost] = value
        changed += 1
      }
      return fields.joined(separator: ",")
    }
    let path = try folder.write(([String(lines[0])] + rows).joined(separator: "\n"), to: "outcomes.csv")
    let catalog = try Repository.synthetic.appendingPathComponent("catalog.json").path
    let program = try Program(["replay", "--outcomes", path, "--catalog", catalog, "--format", "json"])
    #expect(try program.result().reason.hasPrefix("costs: known for"), "\(program.errors)")
    let costs = try #require(try UnknownCostTests.report(program).replay.costs)
    let own = try #require(costs.first { $0.model == "elm-medium" })
    #expect(own.unknown == changed && own.rows == changed && own.mean_usd == nil)
    #expect(costs.reduce(0) { $0 + $1.unknown } == changed)
  }
}
