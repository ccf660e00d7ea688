import Foundation
import Postgres
import TestSupport
import Testing

/// What stands in the ledger is believed only where it has the hash of its version.
@Suite(.blocking, .timeLimit(.minutes(30))) struct LedgerTrustTests {
  private func run(_ night: Night, _ arguments: [String]) throws -> Program {
    try Program(
      arguments,
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
  }

  /// Two promotions: the second because one cheap model has become faultless.
  private func promoteTwice(_ night: Night) throws -> [Program.Result] {
    let first = try night.train().result()
    try night.owner().query("UPDATE routing_outcomes SET judge_score = 5 WHERE chosen_model_slug = 'birch-mini'")
    let second = try night.train().result()
    #expect(first.promoted && second.promoted)
    return [first, second]
  }

  @Test(
    "a serving row that was changed is refused, and going back to another version cures it",
    arguments: [
      "per_cell = '{}'", "policy = substr(policy, 1, 100)",
      "per_cell = per_cell - (SELECT min(k) FROM jsonb_object_keys(per_cell) k)",
      "per_cell = regexp_replace(per_cell::text, '\"mean\": 0\\.', '\"mean\": 0.1')::jsonb",
      "per_cell = replace(per_cell::text, '\"pick\": \"birch-mini\"', '\"pick\": \"elm-medium\"')::jsonb",
      "exploration_floor = 0.5", "exploration_floor = 'NaN'", "policy_version_to = '1.0.2+00000000'",
      "policy_version_to = '1.0.9223372036854775807+' || right(policy_version_to, 8)",
      "per_cell = '{\"code:t:cost\": {\"n_cell\": 7, \"models\": {\"m\": {\"n\": 7, \"q_incumbent\": 0.3, "
        + "\"q_candidate\": 0.8, \"delta\": 0.5, \"counted\": true}}}}'",
    ])
  func corruptIncumbent(change: String) throws {
    let night = try Night()
    let runs = try promoteTwice(night)
    try night.owner().query("UPDATE training_runs SET \(change) WHERE id::text = $1", [runs[1].run_id])
    for program in [try night.train(), try night.train(["--dry-run"]), try run(night, ["show"])] {
      #expect(program.status == 65, "\(program.errors)")
      #expect(program.errors.contains(runs[1].run_id) && program.errors.contains("rollback --to"), "\(program.errors)")
    }
    #expect(try run(night, ["rollback", "--to", runs[0].policy_version_to]).status == 0)
    #expect(try night.isConsistent())
    #expect(try run(night, ["resume"]).status == 0)
    #expect(try night.train().status == 0)
  }

  @Test("without the column for the policy the table alone is believed, and likewise")
  func withoutColumn() throws {
    let night = try Night()
    try night.owner().query("ALTER TABLE training_runs DROP COLUMN policy")
    let runs = try promoteTwice(night)
    #expect(try night.train().status == 0)
    try night.owner().query("UPDATE training_runs SET per_cell = '{}' WHERE id::text = $1", [runs[1].run_id])
    #expect(try night.train().status == 65)
    #expect(try run(night, ["rollback", "--to", runs[0].policy_version_to]).status == 0)
    #expect(try run(night, ["show", "--format", "json"]).status == 0)
  }

  @Test("a run that is held keeps the cells that would change, and no policy")
  func held() throws {
    let night = try Night()
    #expect(try night.train(cadence: "shadow").result().would == "promote")
    let row = try night.owner().query(
      "SELECT policy IS NULL, (SELECT count(*) FROM jsonb_object_keys(per_cell)) FROM training_runs"
    ).rows[0]
    #expect(row[0] == "t" && Int(row[1] ?? "").map { $0 > 0 && $0 < 1000 } == true)
    let version = try night.owner().query("SELECT policy_version_to FROM training_runs").scalar ?? ""
    #expect(try run(night, ["show", version]).output.contains("Largest changed cells"))
  }

  @Test("a row that somebody made up is not taken for the incumbent")
  func forgedRow() throws {
    let night = try Night()
    #expect(try night.train().result().promoted)
    try night.owner().query(
      "INSERT INTO training_runs SELECT gen_random_uuid(), clock_timestamp(), 'manual', 'j', 1, 'a', '1.0.2+0123abcd', true, "
        + "'r', true, per_cell, 0, 0, 0.05, ruleset_hash FROM training_runs")
    let program = try night.train()
    #expect(program.status == 65 && program.errors.contains("its version is 1.0.2+0123abcd"), "\(program.errors)")
  }

  @Test("a rollback to a version whose table was changed is refused, and nothing is recorded")
  func corruptTarget() throws {
    let night = try Night()
    let runs = try promoteTwice(night)
    try night.owner().query("UPDATE training_runs SET per_cell = '{}' WHERE id::text = $1", [runs[0].run_id])
    let refused = try run(night, ["rollback", "--to", runs[0].policy_version_to])
    #expect(refused.status == 65 && refused.errors.contains(runs[0].run_id), "\(refused.errors)")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "2")
    #expect(try night.isConsistent())
    #expect(try night.train().status == 0)
  }

  @Test("a changed table of the policy that served long ago is refused, and the statement of the message cures it")
  func corruptAnchor() throws {
    let night = try Night()
    let runs = try promoteTwice(night)
    let owner = try night.owner()
    try owner.query(
      "UPDATE training_runs SET per_cell = '{}', run_at = run_at - interval '90 days' WHERE id::text = $1",
      [runs[0].run_id])
    let refused = try night.train()
    #expect(refused.status == 65 && refused.errors.contains(runs[0].run_id), "\(refused.errors)")
    let cure = try #require(refused.errors.range(of: "DELETE.*$", options: .regularExpression))
    try owner.query(String(refused.errors[cure]).trimmingCharacters(in: .newlines))
    #expect(try night.train().status == 0)
  }

  @Test("a rollback with a folder of artifacts needs the folder, and says where it has no artifact of the version")
  func artifactFolder() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let runs = try promoteTwice(night)
    let version = runs[0].policy_version_to
    let file = try folder.write("", to: "file")
    for path in [folder.url.path + "/missing", file] {
      let refused = try run(night, ["rollback", "--to", version, "--artifacts", path])
      #expect(refused.status == 78 && refused.errors.contains(path), "\(refused.errors)")
    }
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "2")
    let done = try run(night, ["rollback", "--to", version, "--artifacts", folder.url.path])
    #expect(done.status == 0 && done.output.contains("the folder has no artifact of it"), "\(done.output)")
  }
}
