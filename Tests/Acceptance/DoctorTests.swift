import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct DoctorTests {
  struct Examination: Decodable {
    struct Finding: Decodable {
      let name: String
      let level: String
      let observed: String
      let cure: String?
    }

    let findings: [Finding]
    let exit_status: Int32

    func levels(_ name: String) -> Set<String> { Set(findings.filter { $0.name == name }.map(\.level)) }
  }

  private func examine(
    _ night: Night, _ arguments: [String] = [], role: String = "ainfera_labs"
  ) throws -> (program: Program, result: Examination) {
    let program = try Program(
      ["doctor", "--format", "json"] + arguments,
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": role])
    return (program, try JSONDecoder().decode(Examination.self, from: Data(program.output.utf8)))
  }

  @Test("where all is well each line is ok, and nothing was changed")
  func healthy() throws {
    let night = try Night()
    try night.owner().query("UPDATE routing_outcomes SET judge_labeled_at = created_at")
    let folder = try TemporaryFolder()
    let (program, result) = try examine(night, ["--artifacts", folder.url.path])
    #expect(program.status == 0)
    #expect(result.findings.filter { $0.level != "ok" }.map(\.name) == [])
    #expect(result.findings.count > 20)
    #expect(try night.train().result().promoted)
    #expect(try examine(night).program.status == 0)
  }

  @Test("each trouble in the data is a warning with its number")
  func warnings() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes DROP CONSTRAINT outcome_requires_inference_when_model_chosen")
    for change in [
      "inference_id = NULL", "outcome_status = NULL", "judge_score = 9", "chosen_model_slug = 'stranger'",
    ] {
      try owner.query(
        "UPDATE routing_outcomes SET \(change) WHERE id = (SELECT id FROM routing_outcomes WHERE inference_id IS NOT NULL "
          + "AND outcome_status IS NOT NULL AND judge_score < 6 AND created_at < now() - interval '2 hours' "
          + "AND chosen_model_slug <> 'stranger' ORDER BY id LIMIT 1)")
    }
    try owner.query("UPDATE routing_outcomes SET judge_labeled_at = now() - interval '9 days'")
    try owner.query("UPDATE routing_outcomes SET judge_score = 1 WHERE chosen_model_slug = 'elm-medium'")
    try owner.query("UPDATE models SET q_prior = NULL WHERE slug = 'alder-nano'")
    try owner.query(
      "INSERT INTO inferences (id, agent_id, status, created_at) "
        + "SELECT gen_random_uuid(), id, 'routed', now() - interval '3 hours' FROM agents LIMIT 2")
    let holder = try night.owner()
    try holder.query("BEGIN")
    try holder.query("SELECT pg_advisory_xact_lock(\(0x6c61_6272))")
    let (program, result) = try examine(night)
    #expect(program.status == 0)
    for name in [
      "orphans", "in flight", "routed", "labels", "catalog", "priors", "label sanity", "worthless models", "lock",
    ] {
      #expect(result.levels(name) == ["warn"], "\(name)")
    }
    #expect(result.findings.first { $0.name == "routed" }?.observed.hasPrefix("2 ") == true)
    #expect(result.findings.first { $0.name == "labels" }?.observed.contains("9 days") == true)
  }

  @Test("a failure ends with the status that a run would end with, and its cures cure it")
  func failures() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("REVOKE SELECT ON models FROM ainfera_labs")
    try owner.query("REVOKE UPDATE (active_policy_version) ON tenant_routing_policies FROM ainfera_labs")
    try owner.query("DROP POLICY ainfera_labs_select ON routing_outcomes")
    try owner.query("GRANT DELETE, UPDATE ON routing_outcomes TO ainfera_labs")
    let (program, result) = try examine(night)
    #expect(program.status == 77 && result.exit_status == 77)
    #expect(result.levels("grants") == ["fail"] && result.levels("grants too many") == ["warn"])
    #expect(result.levels("row-level security") == ["fail"] && result.levels("rows of routing_outcomes") == ["fail"])
    let curable: Set<String> = ["grants", "grants too many", "row-level security"]
    for cure in result.findings.filter({ curable.contains($0.name) }).compactMap(\.cure) { try owner.query(cure) }
    #expect(try examine(night).program.status == 0)
    #expect(try night.train().result().promoted)
  }

  @Test("a schema that is not the gateway's, a database out of reach and a missing folder have their statuses")
  func statuses() throws {
    let night = try Night()
    try night.owner().query("ALTER TABLE routing_outcomes RENAME COLUMN judge_model TO judge")
    let (program, result) = try examine(night)
    #expect(program.status == 78)
    #expect(result.findings.contains { $0.name == "schema" && $0.observed.contains("judge_model is missing") })
    let away = try Program(
      ["doctor", "--database", "host=/nonexistent user=x dbname=x", "--connect-retry-seconds", "0"])
    #expect(away.status == 69 && away.output.hasPrefix("FAIL  connection"))
    let folder = try examine(try Night(), ["--artifacts", "/nonexistent"])
    #expect(folder.program.status == 75)
  }

  @Test("a role that may do too much is told how to become less")
  func superuser() throws {
    let night = try Night()
    let (program, result) = try examine(night, role: "owner")
    #expect(program.status == 0)
    let role = try #require(result.findings.first { $0.name == "role" })
    #expect(role.level == "warn" && role.cure?.hasPrefix("ALTER ROLE \"owner\" NOSUPERUSER NOBYPASSRLS") == true)
  }
}
