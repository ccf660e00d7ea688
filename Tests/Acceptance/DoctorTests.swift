import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct DoctorTests {
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
    #expect(result.named("orphans").first?.observed == "1 finished outcome has no inference and is left out")
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
    for cure in result.findings.filter({ curable.contains($0.name) }).compactMap(\.statement) {
      try owner.run(script: cure)
    }
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

  @Test("a role that is not the worker's own is left as it is, with all that it may do")
  func superuser() throws {
    let night = try Night()
    let (program, result) = try examine(night, role: "owner")
    #expect(program.status == 0)
    for name in ["role", "grants too many"] {
      let finding = try #require(result.named(name).first)
      #expect(finding.level == "warn" && finding.cure_kind == "advice", "\(finding)")
    }
    #expect(result.findings.allSatisfy { $0.statement == nil })
  }

  @Test(
    "a role that is told to refuse what row-level security touches trains, for the worker's session sets that itself")
  func rowSecurityOff() throws {
    let worker = try OwnWorker()
    try worker.run(["ALTER ROLE $role SET row_security = off"])
    #expect(try worker.doctor().program.status == 0)
    #expect(try worker.train().result().promoted)
  }

  @Test("what a policy, a view or a default asks for beyond the grants is found before anything is read")
  func statements() throws {
    let worker = try OwnWorker()
    try worker.run([
      "CREATE TABLE secret (slug text)", "ALTER TABLE models RENAME TO stored", "GRANT SELECT ON stored TO $role",
      "CREATE VIEW models WITH (security_invoker = true) AS SELECT * FROM stored WHERE slug NOT IN (SELECT slug FROM secret)",
      "GRANT SELECT ON models TO $role",
    ])
    let (program, result) = try worker.doctor()
    #expect(program.status == 77 && result.levels("statements") == ["fail"] && result.levels("tables") == ["warn"])
    #expect(result.named("statements").first?.observed.contains("secret") == true)
    let refused = try worker.train()
    #expect(
      refused.status == 77 && refused.errors.contains("secret") && refused.errors.split(separator: "\n").count == 1)
  }

  @Test(
    "a table that cannot be written, and a column that cannot be written or read, is status 78 with its name, also for doctor",
    arguments: [
      (
        "ALTER TABLE routing_outcomes ALTER cost_actual_usd TYPE money USING cost_actual_usd::money",
        "cost_actual_usd is money"
      ),
      ("ALTER TABLE training_runs ALTER delta_cost_usd TYPE money USING NULL", "delta_cost_usd is money"),
      (
        "ALTER TABLE routing_outcomes ALTER observed_latency_ms TYPE interval USING NULL",
        "observed_latency_ms is interval"
      ),
      ("ALTER TABLE routing_outcomes ALTER judge_labeled_at TYPE time USING NULL", "judge_labeled_at is time"),
      (
        "ALTER TABLE routing_outcomes ALTER created_at DROP DEFAULT, ALTER created_at TYPE timetz USING now()",
        "created_at is time with"
      ),
      ("ALTER TABLE training_runs ALTER run_at DROP DEFAULT, ALTER run_at TYPE date USING NULL", "run_at is date"),
      ("ALTER TABLE training_runs ALTER id TYPE bigint USING 1", "id is bigint"),
      ("ALTER TABLE training_runs ALTER judge_model TYPE uuid USING NULL", "judge_model is uuid"),
      ("ALTER TABLE models ALTER m_allowed TYPE int USING m_allowed::int", "m_allowed is integer"),
      ("ALTER TABLE training_runs ADD COLUMN region text NOT NULL", "training_runs.region is declared NOT NULL"),
      ("ALTER TABLE training_runs ALTER delta_done_rate SET NOT NULL", "delta_done_rate is declared NOT NULL"),
      (
        "ALTER TABLE training_runs DROP COLUMN exploration_floor, ADD COLUMN exploration_floor float8 GENERATED ALWAYS AS (0.05) STORED",
        "exploration_floor is generated"
      ),
      (
        "ALTER TABLE training_runs DROP COLUMN outcomes_judged, ADD COLUMN outcomes_judged int GENERATED ALWAYS AS IDENTITY",
        "outcomes_judged is generated"
      ),
      (
        "ALTER TABLE tenant_routing_policies DROP COLUMN active_policy_version, "
          + "ADD COLUMN active_policy_version text GENERATED ALWAYS AS ('x') STORED",
        "active_policy_version is generated"
      ),
    ])
  func columns(statement: String, says: String) throws {
    let night = try Night()
    try night.owner().query(statement)
    try night.owner().query("GRANT UPDATE (active_policy_version) ON tenant_routing_policies TO ainfera_labs")
    let refused = try night.train()
    #expect(refused.status == 78 && refused.errors.contains(says), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1 && !refused.errors.contains("moved"))
    let (program, result) = try examine(night)
    #expect(program.status == 78)
    #expect(result.named("schema").contains { $0.observed.contains(says) })
  }

  @Test(
    "columns of the server's own making, domains and views that take writes are no fault",
    arguments: [
      "ALTER TABLE training_runs ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
      "ALTER TABLE training_runs ADD COLUMN day int GENERATED ALWAYS AS (outcomes_judged + 1) STORED NOT NULL",
      "ALTER TABLE training_runs ADD COLUMN region text NOT NULL DEFAULT 'eu'",
      "ALTER TABLE training_runs ALTER policy_version_to TYPE varchar(200)",
      "CREATE DOMAIN usd AS numeric; CREATE DOMAIN cost AS usd CHECK (VALUE < 1e9); "
        + "ALTER TABLE routing_outcomes ALTER cost_actual_usd TYPE cost",
      "ALTER TABLE training_runs RENAME TO stored; CREATE VIEW training_runs AS SELECT * FROM stored; "
        + "GRANT SELECT, INSERT ON training_runs TO ainfera_labs",
    ])
  func soundColumns(statements: String) throws {
    let night = try Night()
    try night.owner().run(script: statements)
    #expect(try examine(night).program.status == 0)
    #expect(try night.train().result().promoted)
  }

  @Test("a view that takes no writes is status 78 before anything is read")
  func readOnlyView() throws {
    let night = try Night()
    try night.owner().run(
      script:
        "ALTER TABLE tenant_routing_policies RENAME TO stored; CREATE VIEW tenant_routing_policies AS SELECT DISTINCT "
        + "tenant_id, active_policy, active_policy_version FROM stored; "
        + "GRANT UPDATE (active_policy_version) ON tenant_routing_policies TO ainfera_labs")
    let refused = try night.train()
    #expect(refused.status == 78 && refused.errors.contains("tenant_routing_policies is a view"), "\(refused.errors)")
    #expect(try examine(night).program.status == 78)
  }

  @Test("a trigger and a rule on what a run writes are named, and one that raises ends the run with its own word")
  func triggers() throws {
    let night = try Night()
    try night.owner().run(
      script: """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not tonight'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON training_runs FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE TRIGGER other BEFORE UPDATE OF quality_weight ON tenant_routing_policies FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE TRIGGER gone AFTER DELETE ON training_runs FOR EACH ROW EXECUTE FUNCTION refuse();
        CREATE RULE swallow AS ON UPDATE TO tenant_routing_policies DO INSTEAD NOTHING;
        """)
    let result = try examine(night).result
    let seen = result.named("triggers")
    #expect(seen.count == 2 && seen.allSatisfy { $0.level == "warn" && $0.cure_kind == "advice" })
    #expect(seen[0].observed.hasPrefix("rule swallow on public.tenant_routing_policies"))
    #expect(seen[1].observed.hasPrefix("trigger refuse on public.training_runs"))
    let refused = try night.train()
    #expect(refused.status == 78 && refused.errors.contains("not tonight"), "\(refused.errors)")
  }

  @Test(
    "a ledger that swallows its row without an error, or refuses it, ends the run with 78 and moves no tenant",
    arguments: [
      "CREATE RULE swallow AS ON INSERT TO training_runs DO INSTEAD NOTHING",
      "CREATE TRIGGER swallow BEFORE INSERT ON training_runs FOR EACH ROW EXECUTE FUNCTION swallow()",
      "ALTER TABLE training_runs ADD CHECK (outcomes_judged < 5)",
      "ALTER TABLE training_runs ALTER promote_reason TYPE varchar(3)",
    ])
  func swallowedRow(statement: String) throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
    try owner.query(statement)
    let refused = try night.train()
    #expect(refused.status == 78 && refused.output == "", "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(
      try owner.query("SELECT DISTINCT active_policy_version FROM tenant_routing_policies").rows == [[nil]])
  }

  @Test("an incumbent that train cannot read is found by doctor, with the same status")
  func incumbent() throws {
    let night = try Night()
    #expect(try night.train().result().promoted)
    #expect(try examine(night).result.named("incumbent").first?.observed.hasPrefix("1.0.1+") == true)
    for change in [
      "per_cell = '{\"general:x:balanced\": 1}'", "per_cell = '[]'",
      "policy_version_to = '1.0.9223372036854775807+a1b2c3d4'",
    ] {
      try night.owner().query("UPDATE training_runs SET \(change)")
      let refused = try night.train()
      let (program, result) = try examine(night)
      #expect(refused.status == 65 && program.status == 65, "\(change): \(refused.errors)")
      #expect(result.levels("incumbent") == ["fail"])
    }
  }

  @Test("what is not known, not a probability, there twice or not yet is counted by doctor", arguments: [1, 3])
  func data(rows: Int) throws {
    let night = try Night()
    let owner = try night.owner()
    let changes = [
      "cost_actual_usd = NULL", "cost_actual_usd = -0.001", "cost_actual_usd = 'NaN'", "chosen_propensity = 0",
      "chosen_propensity = 1.5", "chosen_propensity = 'NaN'", "chosen_propensity = 1e-10",
      "created_at = now() + interval '2 days'",
    ]
    for (number, change) in changes.enumerated() {
      try owner.query(
        "UPDATE routing_outcomes SET \(change) WHERE id IN (SELECT id FROM routing_outcomes WHERE created_at < now() "
          + "AND outcome_status = 'succeeded' ORDER BY id OFFSET \(number * 10) LIMIT \(rows))")
    }
    try owner.query(
      "INSERT INTO training_runs SELECT gen_random_uuid(), now() + n * interval '1 day', 'manual', 'j', 1, 'a', 'b', false, "
        + "'r', false, '{}', 0, 0, 0.05, 'h' FROM generate_series(1, \(rows)) n")
    let result = try examine(night).result
    let plural = rows > 1
    #expect(result.named("costs").first?.observed.hasPrefix("\(3 * rows) calls that succeeded") == true)
    #expect(result.named("costs").first?.observed.contains(" of ") == true)
    #expect(result.named("propensities").first?.observed.hasPrefix("\(4 * rows) outcomes have") == true)
    #expect(
      result.named("future outcomes").first?.observed.hasPrefix(plural ? "3 outcomes are dated" : "1 outcome is dated")
        == true)
    #expect(
      result.named("future runs").first?.observed.hasPrefix(
        plural ? "3 runs of the ledger are" : "1 run of the ledger is")
        == true)
    for name in ["costs", "propensities", "future outcomes", "future runs"] { #expect(result.levels(name) == ["warn"]) }
  }

  @Test("a run that is dated infinity fails, for no run can come after it")
  func endlessRun() throws {
    let night = try Night()
    #expect(try night.train().result().promoted)
    try night.owner().query("UPDATE training_runs SET run_at = 'infinity'")
    let (program, result) = try examine(night)
    #expect(program.status == 65 && result.levels("future runs") == ["fail"])
    #expect(result.named("future runs").first?.observed == "run_at of 1 run is infinity, and no run can come after it")
    #expect(try night.train().status == 65)
  }

  @Test("a slug that stands in the catalog twice fails")
  func duplicateSlug() throws {
    let night = try Night()
    try night.owner().run(
      script: "ALTER TABLE models DROP CONSTRAINT models_slug_key; "
        + "INSERT INTO models (slug, provider_id, m_allowed) SELECT slug, provider_id, false FROM models ORDER BY slug LIMIT 1"
    )
    let (program, result) = try examine(night)
    #expect(program.status == 65)
    #expect(result.named("duplicate slugs").first?.observed == "1 slug stands in models more than once: alder-nano")
  }

  @Test("a database that is read-only for all is somebody's decision, and so is a session that asks for it")
  func readOnly() throws {
    let worker = try OwnWorker()
    try worker.run([
      "ALTER DATABASE $database SET default_transaction_read_only = on",
      "ALTER ROLE $role SET default_transaction_read_only = on",
    ])
    let (program, result) = try worker.doctor()
    #expect(program.status == 75)
    #expect(result.named("writes").first?.cure_kind == "advice")
    let refused = try worker.train()
    #expect(refused.status == 75 && refused.errors.contains("takes no writes") && !refused.errors.contains("run:"))
    let night = try Night()
    let asked = try Program(
      ["train", "--cadence", "daily"],
      environment: [
        "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
        "PGOPTIONS": "-c default_transaction_read_only=on",
      ])
    #expect(asked.status == 75 && asked.errors.contains("PGOPTIONS"), "\(asked.errors)")
  }
}
