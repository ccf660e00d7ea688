import Foundation
import Postgres
import TestSupport
import Testing

/// Numbers, names and catalogs at the ends of what a database and a file can hold.
@Suite(.blocking, .timeLimit(.minutes(30))) struct ExtremeDataTests {
  /// Whether a text has a word that stands for what is no number.
  private static func namesNoNumber(_ text: String) -> Bool {
    text.lowercased().split { !$0.isLetter }.contains { ["nan", "inf", "infinity"].contains($0) }
  }

  @Test(
    "no number that a run prints is a NaN or an infinity, whatever a column of the database holds",
    arguments: [
      "routing_outcomes SET chosen_propensity = 5e-324", "routing_outcomes SET chosen_propensity = 1e-300",
      "routing_outcomes SET chosen_propensity = 1e-9", "routing_outcomes SET chosen_propensity = 'Infinity'",
      "routing_outcomes SET chosen_propensity = CASE WHEN hashtext(id::text) % 3 = 0 THEN 1e-9 ELSE 1 END",
      "routing_outcomes SET cost_actual_usd = 1e6", "routing_outcomes SET cost_actual_usd = 5e-324",
      "routing_outcomes SET cost_actual_usd = CASE WHEN hashtext(id::text) % 999 = 0 THEN 1e6 ELSE 1e-12 END",
      "routing_outcomes SET judge_score = 1.0000000000000002", "routing_outcomes SET judge_score = 1e300",
      "routing_outcomes SET observed_latency_ms = 1e300", "inferences SET input_tokens = 1e308",
      "inferences SET input_tokens = 'NaN'", "inferences SET input_tokens = -1e300",
      "models SET q_prior = 5e-324", "models SET price_in_per_mtok_usd = 1e6, price_out_per_mtok_usd = 1e-9",
    ])
  func numbers(change: String) throws {
    let night = try Night()
    let owner = try night.owner()
    let words = change.split(separator: " ").map(String.init)
    let columns = words.indices.filter { words[$0] == "=" && !words[$0 - 1].contains(")") }.map { words[$0 - 1] }
    for column in columns where column != "3" && column != "999" {
      try owner.query("ALTER TABLE \(words[0]) ALTER \(column) TYPE float8")
    }
    if words[0] == "inferences" { try night.addInferences() }
    try owner.query("UPDATE \(change) " + (words[0] == "models" ? "WHERE slug = 'elm-medium'" : ""))
    let folder = try TemporaryFolder()
    let settings = try folder.write("input_tokens: true\n", to: "settings.yaml")
    let metrics = folder.url.appendingPathComponent("labs.prom").path
    let program = try night.train(
      ["--dry-run", "--metrics-file", metrics] + (words[0] == "inferences" ? ["--settings", settings] : []))
    #expect(program.status == 0, "\(program.errors)")
    #expect(!ExtremeDataTests.namesNoNumber(program.output))
    #expect(try !ExtremeDataTests.namesNoNumber(String(contentsOfFile: metrics, encoding: .utf8)))
    if change.contains("chosen_propensity = 5e-324") || change.contains("1e-300") {
      #expect(try program.result().check("propensities")?.detail.contains("invalid (100.0 %)") == true)
    }
  }

  @Test(
    "a catalog that no run can use is status 65 in one line that names the slug and the value",
    arguments: [
      ("UPDATE models SET slug = 'birch-mini' WHERE slug = 'elm-medium'", "two models have the slug birch-mini"),
      ("UPDATE models SET q_prior = 'NaN' WHERE slug = 'elm-medium'", "q_prior of elm-medium is nan"),
      ("UPDATE models SET q_prior = 1.5 WHERE slug = 'elm-medium'", "q_prior of elm-medium is 1.5"),
      ("UPDATE models SET price_in_per_mtok_usd = -0.5 WHERE slug = 'elm-medium'", "of elm-medium is -0.5"),
      ("UPDATE models SET price_out_per_mtok_usd = 'Infinity' WHERE slug = 'elm-medium'", "of elm-medium is inf"),
      ("UPDATE models SET price_out_per_mtok_usd = 'NaN' WHERE slug = 'elm-medium'", "of elm-medium is nan"),
      ("UPDATE models SET slug = '' WHERE slug = 'elm-medium'", "has an empty slug"),
    ])
  func catalogs(change: String, message: String) throws {
    let night = try Night()
    let owner = try night.owner()
    for constraint in ["models_slug_key", "models_q_prior_check"] {
      try owner.query("ALTER TABLE models DROP CONSTRAINT \(constraint)")
    }
    for column in ["q_prior", "price_in_per_mtok_usd", "price_out_per_mtok_usd"] {
      try owner.query("ALTER TABLE models ALTER \(column) TYPE float8")
    }
    try owner.query(change)
    let refused = try night.train()
    #expect(refused.status == 65 && refused.errors.contains(message), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1 && refused.output == "")
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test(
    "a catalog in a file that no run can use is status 65 in one line",
    arguments: [
      (#"{"models": [{"slug": "a"}, {"slug": "a"}]}"#, "two models have the slug a"),
      (#"{"models": [{"slug": "a", "q_prior": 2}]}"#, "q_prior of a is 2.0"),
      (#"{"models": [{"slug": "a", "price_in_per_mtok_usd": -3}]}"#, "price_in_per_mtok_usd of a is -3.0"),
      (#"{"models": [{"slug": ""}]}"#, "model 1 has an empty slug"),
      (#"{"models": [{"slug": "a"}], "floors": {"code": 1.5}}"#, "the floor of code is 1.5"),
      (#"{"models": [{"slug": "a"}], "default_floor": -1}"#, "default_floor is -1.0"),
      (#"{"models": [{"slug": "a", "q_prior": 1e999}]}"#, "a number in it is too large"),
      (#"{"model": []}"#, "models is missing"),
      (#"{"models": {}}"#, "another type is needed at models"), (#"{"models": [{"name": "a"}]}"#, "slug is missing"),
      (#"{"models": [{"slug": "a", "q_prior": "high"}]}"#, "another type is needed at models.[0].q_prior"),
      (#"{"models": [{"slug": "a", "q_prior": NaN}]}"#, "is not JSON"), ("[]", "another type is needed"),
      ("", "is not JSON"), ("slug,q_prior\n", "is not JSON"),
      (String(repeating: "[", count: 100_000), "is not JSON"),
    ])
  func fileCatalogs(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "catalog.json")
    let outcomes = try Repository.synthetic.appendingPathComponent("outcomes.csv").path
    let refused = try Program(["replay", "--outcomes", outcomes, "--catalog", path])
    #expect(refused.status == 65 && refused.errors.contains(message), "\(refused.status): \(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1 && refused.output == "")
    #expect(refused.errors.contains(path))
  }

  @Test("a tenant with a colon is counted and left out, and over the tolerance it is status 65 that says why")
  func colons() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER TABLE routing_outcomes DROP CONSTRAINT routing_outcomes_tenant_id_fkey")
    let policies = try owner.query(
      "SELECT policyname FROM pg_policies WHERE tablename = 'routing_outcomes' AND qual LIKE '%tenant_id%'"
    ).rows
    for policy in policies { try owner.query("DROP POLICY \"\(policy[0] ?? "")\" ON routing_outcomes") }
    try owner.query("ALTER TABLE routing_outcomes ALTER tenant_id TYPE text")
    try owner.query(
      "UPDATE routing_outcomes SET tenant_id = 'a:b' WHERE id IN (SELECT id FROM routing_outcomes ORDER BY md5(id::text) LIMIT 3)"
    )
    let program = try night.train(["--dry-run"])
    #expect(program.status == 0, "\(program.errors)")
    let outcomes = try program.result().outcomes
    #expect(outcomes.eligible == 19_997 && outcomes.funnel.first { $0.step == "unreadable" }?.rows == 3)
    let strict = try night.train(["--dry-run", "--skip-bad", "2"])
    #expect(strict.status == 65 && strict.errors.contains("without a colon"), "\(strict.errors)")
    let none = try night.train(["--dry-run", "--skip-bad", "0"])
    #expect(none.status == 65 && none.errors.contains("without a colon"), "\(none.errors)")
  }

  @Test("as many judges as rows, and names of a million characters, make no text long")
  func names() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query(
      "UPDATE routing_outcomes SET judge_model = 'judge ' || hashtext(id::text), "
        + "source = CASE WHEN hashtext(id::text) % 50 = 0 THEN 'source ' || id ELSE source END")
    let folder = try TemporaryFolder()
    let settings = try folder.write("source: any\n", to: "settings.yaml")
    let many = try night.train(["--settings", settings])
    #expect(many.status == 0, "\(many.errors)")
    #expect(try many.result().reason.contains("more"))
    let kept = try owner.query(
      "SELECT length(judge_model) < 2000 AND length(promote_reason) < 3000 FROM training_runs")
    #expect(kept.scalar == "t")
    try owner.query("UPDATE routing_outcomes SET judge_model = 'judge-oak', source = 'prod'")
    try owner.query(
      "UPDATE routing_outcomes SET judge_model = repeat('é', 1000000) || judge_score, "
        + "policy_version = repeat('v', 1000000) || '@' "
        + "WHERE id IN (SELECT id FROM routing_outcomes ORDER BY created_at DESC LIMIT 200)")
    let long = try night.train(["--dry-run"])
    #expect(long.status == 0, "\(long.errors)")
    #expect(long.output.utf8.count < 1_000_000)
    let labels = try #require(try long.result().check("labels")?.observed)
    #expect(labels.contains("é... #") && labels.utf8.count < 1000, "\(labels.prefix(1000))")
  }

  @Test(
    "a number of the command line that is none is status 64, and of the settings 78",
    arguments: [
      (["train", "--cadence", "daily", "--window-days", "nan"], 64),
      (["train", "--cadence", "daily", "--window-days", "inf"], 64),
      (["train", "--cadence", "daily", "--window-days", "-1"], 64),
      (["train", "--cadence", "daily", "--window-days", "0"], 64),
      (["train", "--cadence", "daily", "--connect-retry-seconds", "nan"], 64),
      (["train", "--cadence", "daily", "--deadline-seconds", "inf"], 64),
      (["simulate", "--rows", "100", "--seed", "1", "--out", "x", "--exploration", "nan"], 64),
      (["replay", "--outcomes", "x.vw", "--cost-range", "0,inf"], 64),
      (["replay", "--outcomes", "x.vw", "--cost-range", "nan,1"], 64),
      (["replay", "--outcomes", "x.vw", "--cost-range", "0,1e300"], 64),
      (["settings", "--settings", "SETTINGS"], 78), (["train", "--cadence", "daily", "--settings", "SETTINGS"], 78),
      (["replay", "--outcomes", "x.vw", "--settings", "SETTINGS"], 78),
      (["settings", "--settings", "/dev/zero"], 78),
    ] as [([String], Int32)])
  func commandLine(arguments: [String], status: Int32) throws {
    let folder = try TemporaryFolder()
    let settings = try folder.write("half_life_days: .inf\n", to: "settings.yaml")
    let refused = try Program(arguments.map { $0 == "SETTINGS" ? settings : $0 })
    #expect(refused.status == status && refused.output == "", "\(refused.errors)")
    if status == 78 { #expect(refused.errors.split(separator: "\n").count == 1) }
  }
}
