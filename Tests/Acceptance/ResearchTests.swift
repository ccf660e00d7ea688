import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct ResearchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  private struct Result: Decodable {
    struct Mean: Decodable {
      let mean: Double
      let margin: Double
    }

    let scenario: String
    let policies: [String: [String: Mean]]
    let learned_beats_static: [String: Int]
    let least_oracle_share: Double
    let floor_quality: Double
  }

  @Test(
    "on the stationary gateway the learned policy saves 95 % of what the oracle saves, at the floors' quality, and beats the static one on every seed"
  )
  func stationary() throws {
    let run = try Program([
      "research", "--scenario", "stationary", "--rows", "30000", "--seeds", "4", "--out", path("one"),
    ])
    #expect(run.status == 0, "\(run.errors)")
    let json = try Data(contentsOf: folder.url.appendingPathComponent("one/results.json"))
    let result = try #require(try JSONDecoder().decode([Result].self, from: json).first)
    #expect(result.least_oracle_share >= 0.95)
    #expect((result.policies["learned"]?["quality"]?.mean ?? 0) >= result.floor_quality)
    #expect(result.learned_beats_static["aiq"] == 4)
    let violations = ["learned", "static", "oracle", "strongest"].map {
      result.policies[$0]?["floor_violations"]?.mean ?? -1
    }
    #expect(violations[0] < violations[1] && violations[2] < violations[0] && violations[3] == 0)
    #expect(result.policies["agent-default"]?["saving"]?.mean == 0)
    #expect(result.policies["oracle"]?["oracle_share"].map { abs($0.mean - 1) < 1e-9 } == true)
    #expect(run.output.contains("| learned | ") && run.output.contains("![quality against cost](stationary.svg)"))
  }

  @Test("the same options write the same bytes, and what is written may be published")
  func isRepeatable() throws {
    let options = [
      "research", "--scenario", "drift", "--scenario", "gaming", "--rows", "3000", "--seeds", "2", "--out",
    ]
    for name in ["one", "two"] { #expect(try Program(options + [path(name)]).status == 0) }
    for file in ["results.json", "results.md", "drift.svg", "gaming.svg"] {
      let texts = try ["one", "two"].map { try Data(contentsOf: folder.url.appendingPathComponent("\($0)/\(file)")) }
      #expect(texts[0] == texts[1] && texts[0].count > 1000, "\(file)")
    }
    #expect(try Program(["check-public", path("one")], environment: ["PATH": "/usr/bin:/bin"]).status == 0)
  }

  @Test("a folder that cannot be made and a scenario that is not known have their statuses")
  func refuses() throws {
    #expect(try Program(["research", "--rows", "100", "--seeds", "1", "--out", "/dev/null/x"]).status == 74)
    let unknown = try Program(["research", "--scenario", "utopia", "--out", path("x")])
    #expect(unknown.status == 64 && unknown.errors.contains("stationary"))
  }
}
