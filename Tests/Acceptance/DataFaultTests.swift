import Foundation
import Postgres
import TestSupport
import Testing

/// Rows, names and schemas that nobody would expect.
@Suite(.blocking, .timeLimit(.minutes(30))) struct DataFaultTests {
  @Test(
    "odd values in a few rows neither end the run nor move the result much",
    arguments: [
      "reward = 'NaN'", "reward = 'Infinity'", "reward = 1.0000001", "reward = NULL", "chosen_propensity = 0",
      "chosen_propensity = 2", "chosen_propensity = 'NaN'", "chosen_propensity = '-0'", "chosen_propensity = NULL",
      "judge_model = NULL", "judge_model = E'judge\\n\\x1b[2J'", "cell = NULL", "cell = '::'", "cell = 'a:b:c:d'",
      "cell = E'x\\n:y:z'", "cost_actual_usd = 'NaN'", "cost_actual_usd = NULL", "policy_version = 'nonsense'",
      "observed_latency_ms = -1", "judge_score = 'NaN'", "judge_score = 'Infinity'", "created_at = 'infinity'",
      "created_at = '-infinity'", "created_at = now() + interval '1 day'", "judge_labeled_at = 'infinity'",
    ])
  func values(change: String) throws {
    let night = try Night()
    let owner = try night.owner()
    let column = change.split(separator: " ").first.map(String.init) ?? ""
    let type = try owner.query(
      "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'routing_outcomes'::regclass AND attname = $1",
      [column]
    ).scalar
    // A numeric or an integer takes no infinity, and so none can come from it.
    if type == "numeric" || type == "integer" || type == "smallint" {
      try owner.query("ALTER TABLE routing_outcomes ALTER COLUMN \(column) TYPE float8")
    }
    try owner.query(
      "UPDATE routing_outcomes SET \(change) WHERE id IN (SELECT id FROM routing_outcomes ORDER BY md5(id::text) LIMIT 40)"
    )
    let program = try night.train()
    #expect(program.status == 0, "\(program.errors)")
    let result = try program.result()
    #expect(result.outcomes.eligible >= 19_960)
    #expect(try night.isConsistent() == result.promoted)
    #expect(!program.output.contains("\u{1b}"))
  }

  @Test(
    "a slug may be anything",
    arguments: ["two\nlines", "\u{1b}[31mred", "it's \"quoted\\\"", "🙂 model", "A\u{30a}", "; DROP TABLE models --"])
  func slugs(slug: String) throws {
    let night = try Night()
    let owner = try night.owner()
    for (table, column) in [("models", "slug"), ("routing_outcomes", "chosen_model_slug")] {
      try owner.query("UPDATE \(table) SET \(column) = $1 WHERE \(column) = 'elm-medium'", [slug])
    }
    let program = try night.train()
    #expect(try program.status == 0 && program.result().promoted)
    let kept = try owner.query(
      "SELECT count(*) > 0 FROM training_runs r, jsonb_each(r.per_cell) c WHERE c.value -> 'models' ? $1", [slug])
    #expect(kept.scalar == "t")
    #expect(try night.train().result().reason.hasPrefix("change:"))
  }

  @Test("a slug of a million characters is only long")
  func longSlug() throws {
    let night = try Night()
    let slug = String(repeating: "x", count: 1_000_000)
    let owner = try night.owner()
    try owner.query("ALTER TABLE models DROP CONSTRAINT models_slug_key")
    try owner.query("UPDATE models SET slug = $1 WHERE slug = 'alder-nano'", [slug])
    // The slug stands in the policy once for each cell; two tasks have some sixty of them.
    if !Scale.isFull { try owner.query("DELETE FROM routing_outcomes WHERE task_type NOT IN ('code', 'chat')") }
    #expect(try night.train(["--dry-run"]).status == 0)
  }

  @Test(
    "too little to learn from is a hold, recorded",
    arguments: [
      "DELETE FROM routing_outcomes",
      "DELETE FROM routing_outcomes WHERE id <> (SELECT min(id::text)::uuid FROM routing_outcomes)",
      "DELETE FROM routing_outcomes WHERE chosen_model_slug <> 'elm-medium'",
      "DELETE FROM routing_outcomes WHERE cell NOT LIKE 'code:%:cost'", "UPDATE routing_outcomes SET judge_score = 3",
      "DELETE FROM models", "DELETE FROM models WHERE slug <> 'elm-medium'", "UPDATE models SET q_prior = NULL",
      "UPDATE models SET m_allowed = false", "UPDATE models SET price_in_per_mtok_usd = 0",
      "UPDATE routing_outcomes SET created_at = now() - interval '1 day'",
    ])
  func little(change: String) throws {
    let night = try Night()
    try night.owner().query(change)
    let program = try night.train()
    #expect(program.status == 0, "\(program.errors)")
    #expect(try program.result().verdict == "hold")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs WHERE NOT promoted").scalar == "1")
  }

  @Test("each required column that is missing or of another type is exit 78 and named")
  func columns() throws {
    let night = try Night()
    let owner = try night.owner()
    let columns = try owner.query(
      "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'routing_outcomes'::regclass AND a.attnum > 0 AND NOT a.attisdropped"
    ).rows.compactMap { $0[0] }
    let optional: Set = [
      "chosen_propensity", "decision_type", "source", "traffic_class", "traffic_origin", "exclude_from_training",
      "fleet_agent", "judge_rationale",
    ]
    for column in columns where !optional.contains(column) {
      try owner.query("ALTER TABLE routing_outcomes RENAME COLUMN \(column) TO renamed")
      let missing = try night.train(["--dry-run"])
      #expect(missing.status == 78 && missing.errors.contains("routing_outcomes.\(column) is missing"), "\(column)")
      try owner.query("ALTER TABLE routing_outcomes RENAME COLUMN renamed TO \(column)")
    }
    try owner.query("ALTER TABLE routing_outcomes ALTER COLUMN judge_score TYPE text")
    let typed = try night.train(["--dry-run"])
    #expect(typed.status == 78 && typed.errors.contains("judge_score is text, expected number"))
  }

  @Test("a view in place of a table is read like one")
  func view() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes RENAME TO stored_outcomes")
    try owner.query("CREATE VIEW routing_outcomes AS SELECT * FROM stored_outcomes")
    try owner.query("GRANT SELECT ON routing_outcomes TO ainfera_labs")
    #expect(try night.train().result().promoted)
  }

  @Test("a partitioned table in place of a table is read like one")
  func partitioned() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes RENAME TO stored_outcomes")
    try owner.query("CREATE TABLE routing_outcomes (LIKE stored_outcomes) PARTITION BY HASH (id)")
    for part in 0..<3 {
      try owner.query(
        "CREATE TABLE outcomes_\(part) PARTITION OF routing_outcomes FOR VALUES WITH (MODULUS 3, REMAINDER \(part))")
    }
    try owner.query("INSERT INTO routing_outcomes SELECT * FROM stored_outcomes")
    try owner.query("GRANT SELECT ON routing_outcomes TO ainfera_labs")
    #expect(try night.train().result().promoted)
  }

  @Test("bytes that are no UTF-8, in a database without an encoding, are status 65 and nothing is recorded")
  func unencoded() throws {
    let night = try Night(database: TestServer.shared.get().makeUnencodedDatabase())
    let owner = try night.owner()
    try owner.query("UPDATE routing_outcomes SET judge_model = E'judge\\xff' WHERE judge_score = 2")
    let refused = try night.train()
    #expect(refused.status == 65 && refused.errors.contains("more than 10 rows"), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "0")
    try owner.query("UPDATE routing_outcomes SET judge_model = 'judge-oak'")
    #expect(try night.train().result().promoted)
  }

  @Test(
    "an outcome with a value that cannot be read is counted and left out, and too many are status 65",
    arguments: [(rows: 3, status: 0), (rows: 10, status: 0), (rows: 11, status: 65)])
  func unreadableRows(rows: Int, status: Int32) throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes ALTER cost_actual_usd TYPE numeric")
    try owner.query(
      "UPDATE routing_outcomes SET cost_actual_usd = 1e400 WHERE id IN "
        + "(SELECT id FROM routing_outcomes WHERE judge_status = 'labeled' ORDER BY md5(id::text) LIMIT \(rows))")
    let program = try night.train()
    #expect(program.status == status, "\(program.errors)")
    if status == 0 {
      let outcomes = try program.result().outcomes
      #expect(outcomes.eligible == 20_000 - rows)
      #expect(outcomes.funnel.first { $0.step == "unreadable" }?.rows == rows)
      #expect(outcomes.funnel.first?.rows == 20_000)
    } else {
      #expect(program.errors.split(separator: "\n").last?.contains("more than 10 rows") == true)
      #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "0")
    }
    #expect(try night.train(["--skip-bad", "0"]).status == 65)
    #expect(try night.train(["--skip-bad", "11"]).status == 0)
  }

  @Test("a view that fails on a row is read without that row")
  func failingView() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes RENAME TO stored_outcomes")
    let columns = try owner.query(
      "SELECT string_agg(CASE attname WHEN 'judge_score' THEN 'judge_score / (judge_score - judge_score + 1 - "
        + "(id = (SELECT min(id::text)::uuid FROM stored_outcomes))::int) AS judge_score' ELSE quote_ident(attname) END, ', ') "
        + "FROM pg_attribute WHERE attrelid = 'stored_outcomes'::regclass AND attnum > 0 AND NOT attisdropped"
    ).scalar
    try owner.query("CREATE VIEW routing_outcomes AS SELECT \(columns ?? "") FROM stored_outcomes")
    try owner.query("GRANT SELECT ON routing_outcomes TO ainfera_labs")
    let program = try night.train()
    #expect(program.status == 0, "\(program.errors)")
    #expect(try program.result().outcomes.eligible == 19_999)
  }

  @Test(
    "each kind of row-level security is seen for what it lets through",
    arguments: [
      ("CREATE POLICY p ON routing_outcomes FOR SELECT TO ainfera_labs USING (true)", 0),
      ("CREATE POLICY p ON routing_outcomes USING (true)", 0),
      (
        "CREATE POLICY p ON routing_outcomes FOR SELECT USING ((SELECT current_setting('x.jwt', true)) = tenant_id::text)",
        77
      ),
      ("CREATE POLICY p ON routing_outcomes FOR UPDATE TO ainfera_labs USING (true)", 77),
      ("CREATE POLICY p ON routing_outcomes FOR SELECT TO owner USING (true)", 77),
      ("ALTER TABLE routing_outcomes FORCE ROW LEVEL SECURITY", 77),
      ("ALTER TABLE routing_outcomes DISABLE ROW LEVEL SECURITY", 0),
    ] as [(String, Int32)])
  func rowSecurity(statement: String, status: Int32) throws {
    let night = try Night()
    let owner = try night.owner()
    let policies = try owner.query("SELECT policyname FROM pg_policies WHERE tablename = 'routing_outcomes'").rows
    for policy in policies { try owner.query("DROP POLICY \(policy[0] ?? "") ON routing_outcomes") }
    try owner.query(statement)
    let program = try night.train()
    #expect(program.status == status, "\(program.errors)")
    if status == 0 { #expect(try program.result().outcomes.eligible == 20_000) }
  }

  @Test("rows that are judged anew while they are read do not disturb the run")
  func judgedMeanwhile() async throws {
    let night = try Night()
    let program = try night.start()
    let judge = try night.owner()
    for round in 1...40 {
      try judge.query(
        "UPDATE routing_outcomes SET judge_score = 1 + (judge_score::int + 1) % 5, judge_labeled_at = now() "
          + "WHERE hashtext(id::text) % 40 = \(round % 40)")
    }
    let ended = try await program.finish()
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(try ended.result().outcomes.eligible == 20_000)
  }

  @Test("settings with quotes and statements in names do no more than name")
  func hostileSettings() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    for schema in ["public\\\"; DROP TABLE models; --", "it's", "no\\0pe"] {
      let path = try folder.write("schema: \"\(schema)\"\n", to: "settings.yaml")
      #expect(try night.train(["--settings", path]).status == 78, "\(schema)")
    }
    #expect(try night.train().result().promoted)
  }

  @Test("an audit trigger without rights is the server's word, and nothing is half written")
  func auditTrigger() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("CREATE TABLE audit (at timestamptz)")
    try owner.query(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit VALUES (now()); RETURN NEW; END $$"
    )
    try owner.query(
      "CREATE TRIGGER note AFTER UPDATE ON tenant_routing_policies FOR EACH ROW EXECUTE FUNCTION note()")
    let refused = try night.train()
    #expect(refused.status == 77 && refused.errors.contains("audit"))
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a dry run and a doctor write nothing, and private text is in no output")
  func writesNothing() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("UPDATE routing_outcomes SET judge_rationale = 'PLANTED TEXT'")
    try owner.query(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a write'; END $$")
    for table in ["routing_outcomes", "training_runs", "tenant_routing_policies", "models"] {
      try owner.query(
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON \(table) FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
      )
    }
    for arguments in [["train", "--cadence", "daily", "--dry-run", "--log-level", "trace"], ["doctor"], ["history"]] {
      let program = try Program(
        arguments,
        environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
      #expect(program.status == 0 && !(program.output + program.errors).contains("PLANTED"), "\(arguments)")
    }
  }
}
