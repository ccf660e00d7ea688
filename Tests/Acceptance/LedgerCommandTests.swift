import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct LedgerCommandTests {
  struct Entry: Decodable {
    let policy_version_from: String
    let policy_version_to: String
    let promoted: Bool
    let promote_reason: String
    let cadence: String
  }

  private func run(_ night: Night, _ arguments: [String]) throws -> Program {
    try Program(
      arguments,
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
  }

  private func history(_ night: Night) throws -> [Entry] {
    try JSONDecoder().decode([Entry].self, from: Data(run(night, ["history", "--format", "json"]).output.utf8))
  }

  /// Two promotions: the second because one cheap model has become faultless.
  private func promoteTwice(_ night: Night, artifacts: String? = nil) throws -> [String] {
    let options = artifacts.map { ["--artifacts", $0] } ?? []
    let first = try night.train(options).result()
    try night.owner().query("UPDATE routing_outcomes SET judge_score = 5 WHERE chosen_model_slug = 'birch-mini'")
    let second = try night.train(options).result()
    #expect(first.promoted && second.promoted)
    return [first.policy_version_to, second.policy_version_to]
  }

  @Test("a rollback is a run that moves every tenant, and a rollback of a rollback works")
  func rollBack() throws {
    let night = try Night()
    #expect(try run(night, ["history"]).output == "no runs\n")
    #expect(try run(night, ["show"]).status == 65)
    let versions = try promoteTwice(night)
    #expect(try run(night, ["rollback", "--to", versions[0]]).status == 0)
    #expect(try night.isConsistent())
    #expect(try run(night, ["rollback", "--to", versions[1]]).status == 0)
    #expect(try night.isConsistent())
    let entries = try history(night)
    #expect(entries.map(\.policy_version_to) == [versions[1], versions[0], versions[1], versions[0]])
    #expect(entries.map(\.promoted) == [true, true, true, true])
    #expect(entries[0].promote_reason == "rollback" && entries[0].cadence == "manual")
    #expect(entries[0].policy_version_from == versions[0])
    let next = try night.train().result()
    #expect(next.policy_version_from == versions[1] && next.reason.hasPrefix("paused: rolled back from \(versions[0])"))
  }

  @Test("after a rollback nothing is promoted until somebody resumes, and its table only where a flag names it")
  func resume() throws {
    let night = try Night()
    #expect(try run(night, ["resume"]).output == "nothing to resume: no rollback is open\n")
    let versions = try promoteTwice(night)
    #expect(try run(night, ["rollback", "--to", versions[0]]).output.contains("until `ainfera-labs resume`"))
    for _ in 0..<3 {
      let held = try night.train().result()
      #expect(!held.promoted && held.reason.hasPrefix("paused: rolled back from \(versions[1]) to \(versions[0]) on "))
    }
    // The tries count on: neither the rollback nor the nights that were never looked at spend error.
    let tries = try night.owner().query("SELECT evaluation ->> 'attempt' FROM training_runs ORDER BY run_at").rows
    #expect(tries.suffix(3) == [["1"], ["1"], ["1"]])
    #expect(try run(night, ["resume"]).output.hasPrefix("resumed after the rollback from \(versions[1]) on "))
    #expect(try night.isConsistent())
    let same = try night.train().result()
    #expect(!same.promoted && same.check("paused")?.observed.contains("which was rolled back") == true)
    let detail = try #require(same.check("paused")?.detail)
    let allowed = try #require(detail.split(separator: "train ").last.map(String.init)).split(separator: " ").map(
      String.init)
    let named = try night.train(allowed).result()
    #expect(named.promoted, "\(named.reason)")
    #expect(try night.isConsistent())
    #expect(try night.train().result().reason.hasPrefix("change:"))
  }

  @Test("only what was once promoted can be gone back to, and only with the artifact that its hash names")
  func refuses() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let versions = try promoteTwice(night, artifacts: folder.url.path)
    let held = try night.train().result()
    for (version, words) in [
      (held.policy_version_to, "was never promoted"), ("9.9.9+00000000", "was never promoted"), ("'; --", "was never"),
      (versions[1], "serves already"),
    ] {
      let refused = try run(night, ["rollback", "--to", version])
      #expect(refused.status == 65 && refused.errors.contains(words), "\(version)")
    }
    let artifact = try folder.write("{}", to: "\(versions[0]).json")
    let changed = try run(night, ["rollback", "--to", versions[0], "--artifacts", folder.url.path])
    #expect(changed.status == 65 && changed.errors.contains(artifact))
    #expect(try history(night).count == 3)
    try FileManager.default.removeItem(atPath: artifact)
    #expect(try run(night, ["rollback", "--to", versions[0], "--artifacts", folder.url.path]).status == 0)
    #expect(try night.isConsistent())
  }

  @Test("a policy is shown with its run and its picks, and as JSON with its table")
  func show() throws {
    let night = try Night()
    let versions = try promoteTwice(night)
    let serving = try run(night, ["show"])
    #expect(serving.output.hasPrefix("\(versions[1])  promoted") && serving.output.contains("birch-mini"))
    struct Shown: Decodable {
      struct Cell: Decodable {
        let n_cell: Int
      }

      let policy_version_to: String
      let per_cell: [String: Cell]
    }
    let older = try run(night, ["show", versions[0], "--format", "json"])
    let shown = try JSONDecoder().decode(Shown.self, from: Data(older.output.utf8))
    #expect(shown.policy_version_to == versions[0])
    #expect(shown.per_cell.values.reduce(0) { $0 + $1.n_cell } == 14_000)
  }
}
