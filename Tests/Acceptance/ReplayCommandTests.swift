import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct ReplayCommandTests {
  private func arguments(_ more: [String] = []) throws -> [String] {
    let folder = try Repository.synthetic.path
    return ["replay", "--outcomes", "\(folder)/outcomes.csv", "--catalog", "\(folder)/catalog.json"] + more
  }

  @Test("a dataset in files gives the policy that the same rows in the database give")
  func parity() throws {
    let file = try Program(try arguments(["--format", "json"])).result()
    let database = try Night().train(["--dry-run"]).result()
    #expect(file.policy_version_to == database.policy_version_to)
    #expect(file.outcomes.training == database.outcomes.training)
    let checks = [file, database].map {
      $0.checks.filter { !["source", "paused", "ruleset", "anchor"].contains($0.name) }
    }
    #expect(checks[0].map(\.observed) == checks[1].map(\.observed))
    #expect(file.verdict == "promote" && !file.promoted)
  }

  @Test("the truth stands beside the estimates, within the interval")
  func truth() throws {
    struct Report: Decodable {
      struct Lift: Decodable {
        let lower: Double
        let upper: Double
      }

      struct Replay: Decodable {
        let lift: [String: Lift]
      }

      struct Truth: Decodable {
        let lift: [String: Double]
      }

      let replay: Replay
      let truth: Truth
    }

    let truth = try Repository.synthetic.appendingPathComponent("truth.json").path
    let program = try Program(try arguments(["--truth", truth, "--format", "json"]))
    let report = try JSONDecoder().decode(Report.self, from: Data(program.output.utf8))
    for quantity in ["reward", "done", "cost_usd"] {
      let lift = try #require(report.replay.lift[quantity])
      let value = try #require(report.truth.lift[quantity])
      #expect(lift.lower < value && value < lift.upper, "\(quantity)")
    }
  }

  @Test("the self-test draws candidates that cannot be better, the same for the same seed, and promotes few")
  func selfTest() throws {
    struct Report: Decodable, Equatable {
      let draws: Int
      let promoted: Int
      let shown_better: Int
      let training: Int
    }

    let runs = try (0..<2).map { _ in
      let program = try Program(try arguments(["--self-test", "--draws", "12", "--seed", "5", "--format", "json"]))
      return try JSONDecoder().decode(Report.self, from: Data(program.output.utf8))
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].draws == 12 && runs[0].training == 14_000 && runs[0].promoted <= 1 && runs[0].shown_better <= 1)
    let text = try Program(try arguments(["--self-test", "--draws", "2"]))
    #expect(text.status == 0 && text.output.contains("would have been promoted"))
  }

  @Test("a written policy is read back as the incumbent, and nothing is better than itself")
  func incumbent() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("policy.json").path
    #expect(try Program(try arguments(["--policy-out", path])).status == 0)
    let program = try Program(try arguments(["--incumbent", path, "--format", "json", "--fail-on-hold"]))
    #expect(program.status == 2)
    #expect(try program.result().reason.hasPrefix("change: no cell with traffic has another pick"))
  }

  @Test("each way to fail has its exit status and one line that names the file")
  func failures() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("created_at,chosen_model_slug,judge_score\n2026-01-01,elm-medium,many\n", to: "bad.csv")
    let catalog = try Repository.synthetic.appendingPathComponent("catalog.json").path
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      (["--outcomes", bad, "--catalog", catalog], 65, "bad.csv: line 2, column judge_score: \"many\""),
      (["--outcomes", "/nonexistent.csv", "--catalog", catalog], 65, "/nonexistent.csv cannot be opened"),
      (["--outcomes", bad, "--catalog", bad], 65, "bad.csv"),
      (["--outcomes", bad, "--catalog", "/nonexistent.json"], 65, "/nonexistent.json cannot be opened"),
    ]
    for (arguments, status, words) in cases {
      let program = try Program(["replay"] + arguments)
      #expect(program.status == status && program.errors.contains(words), "\(program.errors)")
      #expect(program.output == "" && program.errors.split(separator: "\n").count == 1)
    }
    #expect(try Program(["replay", "--outcomes", bad]).status == 64)
    #expect(try Program(try arguments(["--self-test", "--fail-on-hold"])).status == 64)
  }
}
