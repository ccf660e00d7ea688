import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct FixtureSchemaTests {
  static let tenant = "00000000-0000-4000-8000-000000000001"

  /// A tenant with a policy, an agent and a model.
  static func populate(_ connection: borrowing Connection) throws {
    try connection.query("INSERT INTO tenants (id, name) VALUES ('\(tenant)', 't')")
    try connection.query("INSERT INTO agents (id, tenant_id, name) VALUES ('\(tenant)', '\(tenant)', 'a')")
    try connection.query("INSERT INTO tenant_routing_policies (tenant_id) VALUES ('\(tenant)')")
  }

  private static func state(_ connection: borrowing Connection, _ statement: String) -> String? {
    do throws(PostgresError) {
      try connection.query(statement)
      return nil
    } catch {
      return error.sqlState
    }
  }

  @Test("every migration applied twice in a row is no error")
  func isIdempotent() throws {
    let server = try TestServer.shared.get()
    try TestServer.loadSchema(server.owner(server.makeDatabase()))
  }

  @Test("the downgrade drops the table and the role's grants")
  func downgrades() throws {
    let server = try TestServer.shared.get()
    let owner = try server.owner(server.makeDatabase())
    // The role is the whole server's and other tests use it, so what would drop it is left out here.
    let path = Repository.root.appendingPathComponent("Fixtures/schema/07-0033-training-runs.down.sql")
    let script = try String(contentsOf: path, encoding: .utf8)
    #expect(script.contains("DROP OWNED BY ainfera_labs;\n    DROP ROLE ainfera_labs;"))
    try owner.query("DROP OWNED BY ainfera_labs")
    try owner.query("DROP TABLE training_runs")
    let grants = try owner.query(
      "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'ainfera_labs'")
    #expect(grants.scalar == "0")
  }

  @Test(
    "weights that do not sum to one and a penalty that is no percentage are refused",
    arguments: [
      "UPDATE tenant_routing_policies SET quality_weight = 0.342",
      "UPDATE tenant_routing_policies SET fallback_penalty_pct = 100.01",
      "UPDATE tenant_routing_policies SET fallback_penalty_pct = -1",
    ])
  func checks(statement: String) throws {
    let server = try TestServer.shared.get()
    let owner = try server.owner(server.makeDatabase())
    try FixtureSchemaTests.populate(owner)
    #expect(FixtureSchemaTests.state(owner, statement) == "23514")
    #expect(
      FixtureSchemaTests.state(owner, "UPDATE tenant_routing_policies SET quality_weight = 0.341") == nil)
  }

  @Test("an orphan is refused and an outcome in flight is not, also where the older predicate was")
  func orphans() throws {
    let server = try TestServer.shared.get()
    let owner = try server.owner(server.makeDatabase())
    try FixtureSchemaTests.populate(owner)
    try owner.query(
      "ALTER TABLE routing_outcomes DROP CONSTRAINT outcome_requires_inference_when_model_chosen, "
        + "ADD CONSTRAINT outcome_requires_inference_when_model_chosen CHECK "
        + "(decision_rule <> 'cheapest_clearing_floor' OR inference_id IS NOT NULL)")
    let insert =
      "INSERT INTO routing_outcomes (tenant_id, agent_id, decision_rule, outcome_status) "
      + "VALUES ('\(FixtureSchemaTests.tenant)', '\(FixtureSchemaTests.tenant)', 'cheapest_clearing_floor', "
    #expect(FixtureSchemaTests.state(owner, insert + "NULL)") == "23514")
    let path = Repository.root.appendingPathComponent("Fixtures/schema/06-0031-outcome-requires-inference.sql")
    try owner.run(script: try String(contentsOf: path, encoding: .utf8))
    #expect(FixtureSchemaTests.state(owner, insert + "NULL)") == nil)
    #expect(FixtureSchemaTests.state(owner, insert + "'succeeded')") == "23514")
  }

  @Test(
    "what the role is granted works",
    arguments: [
      "SELECT count(*) FROM routing_outcomes", "SELECT count(*) FROM inferences", "SELECT count(*) FROM models",
      "SELECT count(*) FROM providers", "SELECT count(*) FROM agents", "SELECT count(*) FROM training_runs",
      "UPDATE routing_outcomes SET judge_score = 3, judge_model = 'j', judge_rationale = '', judge_labeled_at = now(), "
        + "judge_status = 'labeled', reward = 0.5",
      "UPDATE tenant_routing_policies SET active_policy = 'strict', active_policy_version = 'v'",
      "INSERT INTO training_runs VALUES (gen_random_uuid(), now(), 'daily', 'j', 1, 'a', 'b', false, 'r', false, '{}', "
        + "0, 0, 0.05, 'h')",
    ])
  func granted(statement: String) throws {
    let server = try TestServer.shared.get()
    #expect(FixtureSchemaTests.state(try server.labs(try server.makeDatabase()), statement) == nil)
  }

  @Test(
    "what the role is not granted is refused",
    arguments: [
      "DELETE FROM routing_outcomes", "DELETE FROM training_runs", "DELETE FROM tenant_routing_policies",
      "DELETE FROM models", "UPDATE routing_outcomes SET cost_actual_usd = 0",
      "UPDATE routing_outcomes SET exclude_from_training = true", "UPDATE training_runs SET promoted = true",
      "UPDATE tenant_routing_policies SET quality_weight = 1", "SELECT * FROM tenant_routing_policies",
      "UPDATE tenant_routing_policies SET active_policy_version = 'v' RETURNING tenant_id",
      "UPDATE tenant_routing_policies SET active_policy_version = 'v' WHERE tenant_id IS NOT NULL",
      "UPDATE tenant_routing_policies SET active_policy_version = active_policy_version || '1'",
      "INSERT INTO routing_outcomes (decision_rule) VALUES ('x')", "INSERT INTO tenants (name) VALUES ('x')",
      "SELECT * FROM tenants", "TRUNCATE training_runs", "UPDATE models SET q_prior = 1",
    ])
  func refused(statement: String) throws {
    let server = try TestServer.shared.get()
    #expect(FixtureSchemaTests.state(try server.labs(try server.makeDatabase()), statement) == "42501")
  }
}
