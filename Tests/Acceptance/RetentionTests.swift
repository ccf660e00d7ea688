import Foundation
import Postgres
import TestSupport
import Testing

/// What an operator does so that nothing grows for ever.
@Suite(.blocking, .timeLimit(.minutes(30))) struct RetentionTests {

  /// The statements of the page, in order.
  private func statements() throws -> [String] {
    let page = try String(
      contentsOf: Repository.root.appendingPathComponent("Documentation/operations/retention.md"), encoding: .utf8)
    return page.components(separatedBy: "```sql\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
  }

  /// Adds a run of this many days ago, with the table of the newest.
  private func add(
    _ owner: borrowing Connection, days: Int, version: String, promoted: Bool, reason: String
  ) throws {
    try owner.query(
      "INSERT INTO training_runs SELECT gen_random_uuid(), now() - interval '\(days) days', 'manual', judge_model, 1, 'x', "
        + "$1, $2::boolean, $3, true, per_cell, 0, 0, exploration_floor, ruleset_hash, evaluation, policy FROM training_runs "
        + "ORDER BY run_at DESC LIMIT 1", [version, String(promoted), reason])
  }

  @Test("the statements for the ledger's owner remove what no run reads, and nothing else")
  func ledger() throws {
    let night = try Night()
    let owner = try night.owner()
    #expect(try night.train().result().promoted)
    let runs: [(Int, String, Bool, String)] = [
      (900, "1.0.1+aaaaaaaa", true, "better"), (800, "1.0.2+bbbbbbbb", true, "better"),
      (700, "held 700", false, "change"), (690, "resume", false, "resume"), (500, "1.0.3+cccccccc", true, "better"),
      (300, "1.0.2+bbbbbbbb", true, "rollback"), (200, "held 200", false, "change"), (100, "held 100", false, "change"),
    ]
    for (days, version, promoted, reason) in runs {
      try add(owner, days: days, version: version, promoted: promoted, reason: reason)
    }
    let statements = try statements()
    #expect(statements.count == 2)
    for statement in statements { try owner.query(statement) }
    let rows = try owner.query(
      "SELECT policy_version_to, per_cell <> '{}', policy IS NOT NULL FROM training_runs ORDER BY run_at"
    ).rows
    #expect(
      Array(rows.dropLast()) == [
        ["1.0.1+aaaaaaaa", "f", "f"], ["1.0.2+bbbbbbbb", "t", "t"], ["resume", "t", "t"],
        ["1.0.3+cccccccc", "t", "t"], ["1.0.2+bbbbbbbb", "t", "t"], ["held 100", "t", "t"],
      ])
    #expect(rows.last.map { Array($0.dropFirst()) } == ["t", "t"])
  }

  @Test("a night keeps the newest artifacts and those that served lately, whatever their number")
  func artifacts() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let options = ["--artifacts", folder.url.path, "--keep-artifacts", "1"]
    let old = try folder.write("{}", to: "0.9.1+0123abcd.json")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: old)
    let promoted = try night.train(options).result()
    #expect(promoted.promoted)
    let first = "\(promoted.policy_version_to).json"
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [first])
    for score in [5, 1] {
      try night.owner().query(
        "UPDATE routing_outcomes SET judge_score = \(score) WHERE chosen_model_slug = 'fir-large' AND task_type = 'chat'"
      )
      let held = try night.train(options, cadence: "shadow").result()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      #expect(Set(names) == [first, "\(held.policy_version_to).json"])
    }
    for wrong in [["--keep-artifacts", "1"], ["--artifacts", folder.url.path, "--keep-artifacts", "0"]] {
      #expect(try night.train(wrong).status == 64)
    }
  }
}
