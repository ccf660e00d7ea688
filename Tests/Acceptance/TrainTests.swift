import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct TrainTests {
  @Test("the first night promotes, and the second on the same data holds, for nothing is better than itself")
  func twoNights() throws {
    let night = try Night()
    let first = try night.train()
    #expect(first.status == 0 && first.errors == "")
    let promoted = try first.result()
    #expect(promoted.verdict == "promote" && promoted.promoted)
    #expect(promoted.checks.map(\.name).count == 23)
    #expect(try night.isConsistent())
    let second = try night.train(["--fail-on-hold"])
    #expect(second.status == 2)
    let held = try second.result()
    #expect(held.verdict == "hold" && held.reason.hasPrefix("change:"))
    #expect(held.policy_version_from == promoted.policy_version_to)
    #expect(held.policy_version_to.suffix(8) == promoted.policy_version_to.suffix(8))
    #expect(try night.isConsistent())
    let rows = try night.owner().query(
      "SELECT promoted, replay_gate_passed, cadence, judge_model, outcomes_judged, ruleset_hash IS NOT NULL, "
        + "evaluation IS NOT NULL FROM training_runs ORDER BY run_at"
    ).rows
    #expect(
      rows == [
        ["t", "t", "daily", "judge-oak", "20000", "t", "t"], ["f", "f", "daily", "judge-oak", "20000", "t", "t"],
      ])
  }

  @Test("the same rows in another order give the same policy hash")
  func shuffled() throws {
    let one = try Night().train(["--dry-run"]).result()
    let two = try Night(order: "md5(id::text)").train(["--dry-run"]).result()
    #expect(one.policy_version_to == two.policy_version_to)
  }

  @Test("a shadow run is recorded and never serves, and a dry run writes nothing")
  func neverServes() throws {
    let night = try Night()
    let shadow = try night.train(cadence: "shadow").result()
    #expect(!shadow.promoted && shadow.verdict == "hold" && shadow.would == "promote")
    #expect(shadow.reason.hasPrefix("would promote: done +"))
    let dry = try night.train(["--dry-run", "--artifacts", "/nonexistent"]).result()
    #expect(!dry.promoted && dry.would == "promote" && dry.reason == shadow.reason)
    let environment = ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"]
    let text = try Program(["train", "--cadence", "shadow", "--dry-run"], environment: environment)
    #expect(text.output.hasPrefix("WOULD PROMOTE  done +"))
    let history = try Program(["history"], environment: environment)
    #expect(history.output.contains("WOULD PROMOTE") && !history.output.contains("would promote"))
    let rows = try night.owner().query("SELECT cadence, promoted, replay_gate_passed FROM training_runs").rows
    #expect(rows == [["shadow", "f", "t"]])
    #expect(
      try night.owner().query("SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL")
        .scalar == "0")
  }

  @Test("a policy that saw a row that is not prod is never promoted")
  func syntheticNeverServes() throws {
    let night = try Night(source: "synthetic")
    let none = try night.train().result()
    #expect(none.outcomes.eligible == 0 && none.verdict == "hold")
    let folder = try TemporaryFolder()
    let settings = try folder.write("source: any\n", to: "settings.yaml")
    let any = try night.train(["--settings", settings]).result()
    #expect(any.outcomes.eligible == 20_000 && any.reason.hasPrefix("source: 20000 rows of source synthetic"))
    #expect(!any.promoted)
  }

  @Test("the artifact is the policy whose hash is the version's")
  func artifact() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let result = try night.train(["--artifacts", folder.url.path]).result()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(files == ["\(result.policy_version_to).json"])
    let missing = try night.train(["--artifacts", "/nonexistent"])
    #expect(missing.status == 75 && missing.errors.contains("/nonexistent"))
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "1")
  }

  @Test("each row falls at the first step of the funnel that it fails")
  func funnel() throws {
    let night = try Night()
    let owner = try night.owner()
    let faults: [(step: String, change: String)] = [
      ("no_inference", "inference_id = NULL, outcome_status = NULL"), ("not_complete", "outcome_status = NULL"),
      ("unknown_status", "outcome_status = 'rejected_by_policy'"),
      ("not_judged", "judge_status = 'cannot_evaluate'"), ("score_missing_or_out_of_range", "judge_score = 6"),
      ("model_not_in_catalog", "chosen_model_slug = 'unheard-of'"), ("other_source", "source = 'synthetic'"),
      ("probe", "traffic_class = 'internal_probe'"), ("degraded", "traffic_origin = 'mlx'"),
      ("excluded_from_training", "exclude_from_training = true"),
      ("judged_by_itself", "judge_model = chosen_model_slug"),
    ]
    for (number, fault) in faults.enumerated() {
      try owner.query(
        "UPDATE routing_outcomes SET \(fault.change) WHERE id IN (SELECT id FROM routing_outcomes "
          + "ORDER BY id OFFSET \(number * 100) LIMIT \(number + 1))")
    }
    let result = try night.train(["--dry-run"]).result()
    #expect(result.outcomes.funnel.map(\.step) == ["window"] + faults.map(\.step) + ["unreadable"])
    #expect(result.outcomes.funnel.map(\.rows) == [20_000] + Array(1...11) + [0])
    #expect(result.outcomes.eligible == 20_000 - 66)
    #expect(result.outcomes.training == Int(0.7 * Double(20_000 - 66)))
  }

  @Test("optional columns that are missing are done without, and a required one is exit 78 with its name")
  func columns() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query(
      "ALTER TABLE routing_outcomes DROP COLUMN source, DROP COLUMN traffic_class, DROP COLUMN traffic_origin, "
        + "DROP COLUMN exclude_from_training, DROP COLUMN fleet_agent, DROP COLUMN decision_type, "
        + "DROP COLUMN chosen_propensity")
    try owner.query("ALTER TABLE training_runs DROP COLUMN evaluation")
    let without = try night.train()
    #expect(without.status == 0)
    #expect(try without.result().outcomes.eligible == 20_000)
    try owner.query("ALTER TABLE routing_outcomes RENAME COLUMN judge_score TO score")
    let missing = try night.train()
    #expect(missing.status == 78 && missing.errors.contains("routing_outcomes.judge_score is missing"))
    #expect(missing.errors.split(separator: "\n").count == 1)
  }

  @Test(
    "each grant taken away is exit 77 with the statement that gives it back",
    arguments: [
      ("REVOKE SELECT ON routing_outcomes FROM ainfera_labs", "GRANT SELECT (id, created_at, "),
      ("REVOKE SELECT ON models FROM ainfera_labs", "GRANT SELECT ON public.models"),
      ("REVOKE INSERT ON training_runs FROM ainfera_labs", "GRANT INSERT ON public.training_runs"),
      ("REVOKE SELECT ON training_runs FROM ainfera_labs", "GRANT SELECT ON public.training_runs"),
      (
        "REVOKE UPDATE (active_policy_version) ON tenant_routing_policies FROM ainfera_labs",
        "GRANT UPDATE (active_policy_version) ON public.tenant_routing_policies"
      ),
      ("REVOKE USAGE ON SCHEMA public FROM PUBLIC, ainfera_labs", "GRANT USAGE ON SCHEMA public"),
    ])
  func grants(revoke: String, cure: String) throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    let owner = try server.owner(database)
    try owner.query(revoke)
    let refused = try Program.train(server, database)
    #expect(refused.status == 77 && refused.errors.contains(cure))
    let statement = try #require(refused.errors.split(separator: "run: ").last)
    try owner.query(String(statement).trimmingCharacters(in: .newlines))
    #expect(try Program.train(server, database).status == 0)
  }

  @Test(
    "rows that row-level security hides are exit 77 with the policy to add",
    arguments: ["routing_outcomes", "models", "training_runs", "tenant_routing_policies"])
  func hiddenRows(table: String) throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    let owner = try server.owner(database)
    try owner.query("ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY")
    for verb in ["select", "insert", "update"] {
      try owner.query("DROP POLICY IF EXISTS ainfera_labs_\(verb) ON \(table)")
    }
    let refused = try Program.train(server, database)
    #expect(refused.status == 77 && refused.errors.contains("CREATE POLICY"))
    let cures = refused.errors.split(separator: "run: ").last?.split(separator: "; ") ?? []
    for cure in cures { try owner.query(cure.trimmingCharacters(in: .newlines)) }
    #expect(try Program.train(server, database).status == 0)
    try owner.query("CREATE POLICY tight ON \(table) AS RESTRICTIVE USING (false)")
    let restricted = try Program.train(server, database)
    #expect(restricted.status == 77 && restricted.errors.contains("policy \"tight\" on public.\(table)"))
    #expect(!restricted.errors.contains("run:"))
  }

  @Test("an empty database is a hold for volume, recorded")
  func empty() throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    let result = try Program.train(server, database).result()
    #expect(result.verdict == "hold" && result.reason.hasPrefix("volume: 0 training rows and 0 holdout rows"))
    #expect(try server.owner(database).query("SELECT count(*) FROM training_runs").scalar == "1")
  }

  @Test("each way to fail has its exit status and one line")
  func failures() throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    let nowhere = try Program([
      "train", "--cadence", "daily", "--database", "host=/nonexistent user=x dbname=x", "--connect-retry-seconds", "0",
    ])
    #expect(nowhere.status == 69)
    let stranger = try Program.train(server, database, role: "nobody")
    #expect(stranger.status == 77)
    let settings = try Program.train(server, database, ["--settings", "/nonexistent.yaml"])
    #expect(settings.status == 78)
    for failure in [nowhere, stranger, settings] {
      #expect(failure.output == "" && failure.errors.split(separator: "\n").count == 1)
    }
    #expect(try Program(["train"]).status == 64)
    #expect(try Program(["train", "--cadence", "hourly"]).status == 64)
    #expect(try Program(["train", "--help"]).status == 0)
  }

  @Test("a version moved to no tenant although there are some is a hold")
  func swallowedUpdate() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query(
      "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
    try owner.query(
      "CREATE TRIGGER swallow BEFORE UPDATE ON tenant_routing_policies FOR EACH ROW EXECUTE FUNCTION swallow()")
    let result = try night.train().result()
    #expect(!result.promoted && result.reason.contains("reach: 0 tenants moved"))
    #expect(result.checks.first { $0.name == "incumbent" }?.passed == true)
    #expect(try owner.query("SELECT promoted FROM training_runs").rows == [["f"]])
  }

  @Test("learning from input tokens is another ruleset: held without the flag, and with it a raised MINOR")
  func inputTokens() throws {
    let night = try Night()
    #expect(try night.train().result().promoted)
    try night.addInferences()
    let folder = try TemporaryFolder()
    let settings = try folder.write("input_tokens: true\nhalf_life_days: 20\n", to: "settings.yaml")
    let held = try night.train(["--settings", settings]).result()
    #expect(!held.promoted && held.reason.hasPrefix("ruleset:"))
    #expect(held.policy_version_from.hasPrefix("1.0.1+") && held.policy_version_to.hasPrefix("1.1.0+"))
    let allowed = try night.train(["--settings", settings, "--allow-ruleset-change"]).result()
    #expect(allowed.checks.first { $0.name == "ruleset" }?.passed == true)
  }

  @Test("rows with input tokens in another order give the same policy hash")
  func shuffledTokens() throws {
    let folder = try TemporaryFolder()
    let settings = try folder.write("input_tokens: true\n", to: "settings.yaml")
    let hashes = try ["created_at", "md5(id::text)"].map { order in
      let night = try Night(order: order)
      try night.addInferences()
      return try night.train(["--dry-run", "--settings", settings]).result().policy_version_to
    }
    #expect(hashes[0] == hashes[1])
  }
}
