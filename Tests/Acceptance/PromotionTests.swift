import Foundation
import Postgres
import TestSupport
import Testing

/// What can come between a gate that passed and tenants that are moved.
@Suite(.blocking, .timeLimit(.minutes(30))) struct PromotionTests {
  private static let atLedger =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs' AND wait_event = 'advisory'"
  private static let atTenants =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs' "
    + "AND wait_event IN ('transactionid', 'tuple')"

  /// Makes the tenants of a night this many.
  private func addTenants(_ night: Night, upTo count: Int) throws {
    let owner = try night.owner()
    try owner.query("INSERT INTO tenants SELECT gen_random_uuid(), 't' FROM generate_series(1, \(count - 4))")
    try owner.query(
      "INSERT INTO tenant_routing_policies (tenant_id) SELECT id FROM tenants ON CONFLICT (tenant_id) DO NOTHING")
    try owner.query("ANALYZE tenant_routing_policies")
  }

  private static let hiding = [
    "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS "
      + "$$ BEGIN IF hashtext(NEW.tenant_id::text) % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$; "
      + "CREATE TRIGGER swallow BEFORE UPDATE ON tenant_routing_policies FOR EACH ROW EXECUTE FUNCTION swallow()",
    "ALTER TABLE tenant_routing_policies RENAME TO all_policies; CREATE VIEW tenant_routing_policies AS "
      + "SELECT * FROM all_policies WHERE hashtext(tenant_id::text) % 2 = 0; "
      + "GRANT UPDATE (active_policy, active_policy_version) ON tenant_routing_policies TO ainfera_labs",
  ]

  @Test("a version that reaches only some of the tenants is held and moves none", arguments: hiding)
  func hiddenTenants(script: String) throws {
    let night = try Night()
    try addTenants(night, upTo: 50)
    try night.owner().run(script: script)
    let held = try night.train()
    let result = try held.result()
    #expect(!result.promoted && result.reason.hasPrefix("reach: "), "\(result.reason)")
    #expect(result.reason.contains("the statistics count about 50") && result.reason.contains("--allow-fewer-tenants"))
    let moved = "SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL"
    #expect(try night.owner().query(moved).scalar == "0")
    #expect(try night.owner().query("SELECT promoted FROM training_runs").rows == [["f"]])
    let folder = try TemporaryFolder()
    let metrics = folder.url.appendingPathComponent("labs.prom").path
    let allowed = try night.train(["--allow-fewer-tenants", "--metrics-file", metrics]).result()
    #expect(allowed.promoted && allowed.check("reach")?.severity == "warn")
    let count = try #require(try night.owner().query(moved).scalar.flatMap { Int($0) })
    #expect(count > 5 && count < 45 && allowed.tenants_moved == count)
    #expect(
      try night.owner().query("SELECT evaluation ->> 'tenants_moved' FROM training_runs WHERE promoted").scalar
        == "\(count)")
    #expect(
      try String(contentsOfFile: metrics, encoding: .utf8).contains(
        "\nainfera_labs_tenants_moved{cadence=\"daily\"} \(Double(count))\n"))
  }

  @Test("fewer tenants than at the last promotion are enough where there are no more", arguments: [false, true])
  func fewerTenants(areGone: Bool) throws {
    let night = try Night()
    try addTenants(night, upTo: 40)
    let first = try night.train().result()
    #expect(first.promoted && first.tenants_moved == 40)
    let owner = try night.owner()
    if areGone {
      try owner.query(
        "DELETE FROM tenant_routing_policies WHERE tenant_id IN (SELECT id FROM tenants ORDER BY id LIMIT 15)")
      try owner.query("ANALYZE tenant_routing_policies")
    } else {
      try owner.run(script: PromotionTests.hiding[0])
    }
    try owner.query("UPDATE routing_outcomes SET judge_score = 5 WHERE chosen_model_slug = 'birch-mini'")
    let second = try night.train().result()
    #expect(second.promoted == areGone, "\(second.reason)")
    if !areGone { #expect(second.reason.contains("the last promotion moved 40")) }
    let back = try Program(
      ["rollback", "--to", first.policy_version_to],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    #expect(back.status == (areGone ? 0 : 65), "\(back.errors)")
  }

  @Test(
    "a model that may not be chosen any more when the run is recorded holds it",
    arguments: [
      "UPDATE models SET m_allowed = false", "UPDATE models SET m_allowed = NULL",
      "UPDATE models SET price_in_per_mtok_usd = NULL", "UPDATE models SET price_out_per_mtok_usd = 0",
      "UPDATE models SET q_prior = NULL", "DELETE FROM models", "UPDATE models SET price_in_per_mtok_usd = 'NaN'",
    ])
  func enrolment(statement: String) async throws {
    let night = try Night()
    let other = try night.owner()
    try other.query("BEGIN")
    try other.query("SELECT pg_advisory_xact_lock(\(0x6c61_6273))")
    let program = try night.start()
    #expect(try night.wait(until: PromotionTests.atLedger, is: "1"))
    try other.query("\(statement) WHERE slug = 'cedar-small'")
    try other.query("COMMIT")
    let result = try await program.finish().result()
    #expect(!result.promoted && result.reason.hasPrefix("enrolment: the candidate picks cedar-small"))
    #expect(result.check("enrolment")?.severity == "fail")
    #expect(
      try night.owner().query("SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL")
        .scalar == "0")
  }

  private static let alarm = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"

  @Test(
    "what the database refuses, changes or cannot keep of a run's row is status 78, and nothing is moved",
    arguments: [
      "CREATE FUNCTION f() \(alarm); CREATE CONSTRAINT TRIGGER t AFTER INSERT ON training_runs DEFERRABLE INITIALLY DEFERRED "
        + "FOR EACH ROW EXECUTE FUNCTION f()",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'ZZ999'; END $$; "
        + "CREATE TRIGGER t BEFORE INSERT ON training_runs FOR EACH ROW EXECUTE FUNCTION f()",
      "CREATE TABLE judges (name text PRIMARY KEY); ALTER TABLE training_runs ADD FOREIGN KEY (judge_model) "
        + "REFERENCES judges DEFERRABLE INITIALLY DEFERRED",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.promoted := false; RETURN NEW; END $$; "
        + "CREATE TRIGGER t BEFORE INSERT ON training_runs FOR EACH ROW EXECUTE FUNCTION f()",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.per_cell := '{}'; RETURN NEW; END $$; "
        + "CREATE TRIGGER t BEFORE INSERT ON training_runs FOR EACH ROW EXECUTE FUNCTION f()",
    ])
  func refusedRow(script: String) throws {
    let night = try Night()
    try night.owner().run(script: script)
    let refused = try night.train()
    #expect(refused.status == 78 && refused.output == "", "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
    #expect(
      try night.owner().query("SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL")
        .scalar == "0")
  }

  @Test(
    "a ledger in which no run can come last is refused",
    arguments: [
      (
        "ALTER TABLE training_runs ALTER run_at TYPE timestamptz(0); UPDATE training_runs SET run_at = '2090-01-01'", 78
      ),
      ("ALTER TABLE training_runs ALTER run_at DROP NOT NULL; UPDATE training_runs SET run_at = NULL", 65),
      ("UPDATE training_runs SET run_at = '294276-12-31 23:59:59.999999+00'", 65),
    ] as [(String, Int32)])
  func endlessLedger(script: String, status: Int32) throws {
    let night = try Night()
    #expect(try night.train().result().promoted)
    try night.owner().run(script: script)
    let refused = try night.train(cadence: "shadow")
    #expect(refused.status == status && refused.errors.contains("run_at"), "\(refused.errors)")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "1")
  }

  @Test("numbers of the ledger that are not finite are shown as absent")
  func notFinite() throws {
    let night = try Night()
    let version = try night.train().result().policy_version_to
    try night.owner().query("UPDATE training_runs SET delta_done_rate = 'NaN', delta_cost_usd = '-Infinity'")
    for arguments in [["history"], ["history", "--format", "json"], ["show", version, "--format", "json"]] {
      let program = try Program(
        arguments,
        environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
      #expect(
        program.status == 0 && !program.output.lowercased().contains(/[^a-z]nan[^a-z]/),
        "\(arguments): \(program.errors)")
    }
  }

  @Test("one forgotten transaction on a tenant holds the run, names its session, and delays no other tenant for long")
  func forgottenTransaction() async throws {
    let night = try Night()
    let forgotten = try night.owner()
    try forgotten.query("SET application_name = 'forgetful'")
    try forgotten.query("BEGIN")
    try forgotten.query(
      "UPDATE tenant_routing_policies SET fallback_enabled = true "
        + "WHERE tenant_id = (SELECT max(tenant_id::text)::uuid FROM tenant_routing_policies)")
    let program = try night.start(["--connect-retry-seconds", "6"])
    #expect(try night.wait(until: PromotionTests.atTenants, is: "1"))
    let gateway = try night.owner()
    try gateway.query("SET lock_timeout = '20s'")
    let start = ContinuousClock.now
    try gateway.query(
      "UPDATE tenant_routing_policies SET fallback_enabled = true "
        + "WHERE tenant_id = (SELECT min(tenant_id::text)::uuid FROM tenant_routing_policies)")
    #expect(ContinuousClock.now - start < .seconds(10))
    let ended = try await program.finish()
    #expect(ended.status == 75 && ended.output == "")
    #expect(ended.errors.contains("another transaction holds rows of tenant_routing_policies: process "))
    #expect(ended.errors.contains("(user owner, application forgetful)"))
    try forgotten.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
    #expect(try night.train().result().promoted)
  }

  @Test("where the gateway and a run wait for each other, it is the run that gives way")
  func deadlock() async throws {
    let night = try Night()
    let gateway = try night.owner()
    try gateway.query("BEGIN")
    let tenants = try gateway.query("SELECT tenant_id::text FROM tenant_routing_policies ORDER BY ctid").rows
    let (first, last) = (try #require(tenants.first?[0]), try #require(tenants.last?[0]))
    let update = "UPDATE tenant_routing_policies SET fallback_enabled = true WHERE tenant_id = $1::uuid"
    try gateway.query(update, [last])
    let program = try night.start()
    #expect(try night.wait(until: PromotionTests.atTenants, is: "1"))
    try gateway.query(update, [first])
    try gateway.query("COMMIT")
    let ended = try await program.finish()
    #expect(try ended.status == 0 && ended.result().promoted, "\(ended.errors)")
    #expect(try night.isConsistent())
    let touched = "SELECT count(*) FROM tenant_routing_policies WHERE fallback_enabled"
    #expect(try Int(night.owner().query(touched).scalar ?? "").map { $0 >= 2 } == true)
  }
}
