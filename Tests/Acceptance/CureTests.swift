import Foundation
import Postgres
import Testing

/// Every cure that is printed, pasted against what it is for: the run then works and nobody else has lost anything.
@Suite(.blocking, .timeLimit(.minutes(30))) struct CureTests {
  /// Something that is not as it should be.
  struct Fault: CustomTestStringConvertible, Sendable {
    let finding: String
    let statements: [String]
    /// The exit status of `train` and `doctor`; 0 where doctor only warns.
    var status: Int32 = 0
    var level = "warn"

    var testDescription: String { "\(finding): \(statements.joined(separator: "; "))" }
  }

  private static func grant(_ statements: String...) -> Fault {
    Fault(finding: "grants", statements: statements, status: 77, level: "fail")
  }

  private static func hidden(_ statements: String...) -> Fault {
    Fault(finding: "row-level security", statements: statements, status: 77, level: "fail")
  }

  private static func excess(_ statements: String...) -> Fault {
    Fault(finding: "grants too many", statements: statements)
  }

  private static let failures: [Fault] = [
    grant("REVOKE SELECT ON routing_outcomes FROM $role"),
    grant(
      "REVOKE SELECT ON routing_outcomes FROM $role",
      "GRANT SELECT (id, created_at, reward) ON routing_outcomes TO $role"),
    grant("REVOKE SELECT ON models FROM $role"),
    grant("REVOKE SELECT ON models FROM $role", "GRANT SELECT (slug, m_allowed) ON models TO $role"),
    grant("REVOKE SELECT ON training_runs FROM $role"),
    grant("REVOKE INSERT ON training_runs FROM $role"),
    grant("REVOKE INSERT ON training_runs FROM $role", "GRANT INSERT (id, run_at, cadence) ON training_runs TO $role"),
    grant("REVOKE UPDATE (active_policy_version) ON tenant_routing_policies FROM $role"),
    grant(
      "REVOKE USAGE ON SCHEMA public FROM PUBLIC, $role", "GRANT USAGE ON SCHEMA public TO ainfera_labs",
      "REVOKE SELECT ON models FROM $role", "REVOKE ALL ON tenant_routing_policies FROM $role"),
    grant("ALTER TABLE training_runs ADD COLUMN number bigserial"),
    grant(
      "CREATE SCHEMA \"Numbers; \"\"x\"", "CREATE SEQUENCE \"Numbers; \"\"x\".\"a b\"",
      "ALTER TABLE training_runs ADD COLUMN number bigint NOT NULL DEFAULT nextval('\"Numbers; \"\"x\".\"a b\"')"),
    hidden("DROP POLICY $role_select ON routing_outcomes"),
    hidden("DROP POLICY $role_select ON models"),
    hidden("DROP POLICY $role_update ON tenant_routing_policies"),
    hidden("ALTER TABLE training_runs ENABLE ROW LEVEL SECURITY", "DROP POLICY $role_insert ON training_runs"),
    hidden(
      "ALTER TABLE training_runs ENABLE ROW LEVEL SECURITY", "DROP POLICY $role_select ON training_runs",
      "DROP POLICY $role_insert ON training_runs"),
    hidden("ALTER POLICY $role_select ON routing_outcomes USING (source = 'none')"),
    hidden("ALTER POLICY $role_select ON models USING (false)", "CREATE POLICY $role_select_2 ON models USING (false)"),
    hidden(
      "CREATE ROLE $other", "GRANT SELECT ON models TO $other", "ALTER POLICY $role_select ON models TO $other",
      "DROP POLICY $role_update ON tenant_routing_policies",
      "CREATE POLICY $role_update ON tenant_routing_policies FOR ALL USING (tenant_id IS NULL)"),
    Fault(
      finding: "writes", statements: ["ALTER ROLE $role SET default_transaction_read_only = on"], status: 75,
      level: "fail"),
    Fault(
      finding: "writes",
      statements: [
        "ALTER ROLE $role SET default_transaction_read_only = on",
        "ALTER ROLE $role IN DATABASE $database SET default_transaction_read_only = on",
      ], status: 75, level: "fail"),
  ]

  private static let warnings: [Fault] = [
    excess("GRANT DELETE, TRUNCATE, UPDATE ON routing_outcomes TO $role"),
    excess("GRANT ALL ON tenant_routing_policies TO $role"),
    excess(
      "REVOKE UPDATE (active_policy, active_policy_version) ON tenant_routing_policies FROM $role",
      "GRANT UPDATE ON tenant_routing_policies TO $role"),
    excess("GRANT SELECT (tenant_id), UPDATE (quality_weight) ON tenant_routing_policies TO $role"),
    excess("GRANT UPDATE (cost_actual_usd), INSERT (id), REFERENCES (id) ON routing_outcomes TO $role"),
    excess("GRANT UPDATE, DELETE, TRIGGER ON training_runs TO $role WITH GRANT OPTION"),
    excess("GRANT SELECT ON tenants TO $role"),
    excess(
      "CREATE ROLE $other", "GRANT SELECT ON tenants TO $other", "CREATE SCHEMA \"Billing \"\"1\"",
      "CREATE TABLE \"Billing \"\"1\".\"e\u{301}\"\"\u{301}\" (\"x; y\" int, z int)",
      "GRANT SELECT (\"x; y\"), UPDATE (z) ON \"Billing \"\"1\".\"e\u{301}\"\"\u{301}\" TO $role, $other",
      "GRANT INSERT ON \"Billing \"\"1\".\"e\u{301}\"\"\u{301}\" TO $role, $other"),
    excess("GRANT CREATE ON SCHEMA public TO $role", "GRANT CREATE ON DATABASE $database TO $role"),
    Fault(finding: "role", statements: ["ALTER ROLE $role CREATEROLE CREATEDB REPLICATION"]),
    Fault(finding: "role", statements: ["ALTER ROLE $role SUPERUSER"]),
    Fault(finding: "role", statements: ["ALTER ROLE $role BYPASSRLS CREATEDB"]),
    Fault(finding: "index", statements: ["DROP INDEX routing_outcomes_created_at"]),
    Fault(
      finding: "index",
      statements: [
        "DROP INDEX routing_outcomes_created_at",
        "CREATE INDEX partial ON routing_outcomes (created_at) WHERE reward > 0",
        "CREATE INDEX second ON routing_outcomes (tenant_id, created_at)",
      ]),
    Fault(finding: "judge_rationale", statements: [], level: "ok"),
    Fault(
      finding: "judge_rationale",
      statements: ["GRANT SELECT (judge_rationale, traffic_class) ON routing_outcomes TO $role"], level: "ok"),
  ]

  @Test("a cure that is printed cures, and takes nothing from anybody else", arguments: failures + warnings)
  func cures(fault: Fault) throws {
    let worker = try OwnWorker()
    try worker.run(fault.statements)
    let before = try worker.rightsOfOthers()
    let (program, result) = try worker.doctor()
    #expect(program.status == fault.status && result.levels(fault.finding) == [fault.level])
    let statements = result.named(fault.finding).compactMap(\.statement)
    #expect(statements.count == result.named(fault.finding).count)
    if fault.status != 0 {
      let refused = try worker.train()
      #expect(refused.status == fault.status && refused.output == "")
      #expect(
        refused.errors.hasSuffix("; as the owner run: \(statements.joined(separator: "; "))\n"), "\(refused.errors)")
    }
    for statement in statements {
      let pasted = try worker.paste(statement)
      #expect(pasted.status == 0, "\(statement): \(pasted.errors)")
    }
    #expect(try worker.rightsOfOthers() == before)
    let cured = try worker.doctor()
    #expect(cured.program.status == 0)
    #expect(cured.result.findings.filter { $0.level != "ok" }.map(\.name) == [])
    #expect(cured.result.named(fault.finding).allSatisfy { $0.cure == nil })
    #expect(try worker.train().result().promoted)
  }

  @Test("a role whose name needs quotes is named with them, down to a quote under an accent")
  func quotedRole() throws {
    let worker = try OwnWorker()
    let role = "w\"\u{301}; x_\(worker.night.database)"
    let quoted = "\"w\"\"\u{301}; x_\(worker.night.database)\""
    try worker.run(["ALTER ROLE $role RENAME TO \(quoted)", "REVOKE SELECT ON models FROM \(quoted)"])
    try worker.run(["DROP POLICY $role_update ON tenant_routing_policies", "GRANT DELETE ON models TO \(quoted)"])
    let before = try worker.night.owner().query("SELECT relacl::text FROM pg_class WHERE relname = 'agents'").rows
    for finding in try worker.doctor(role: role).result.findings {
      guard let statement = finding.statement else { continue }
      let pasted = try worker.paste(statement)
      #expect(pasted.status == 0, "\(statement): \(pasted.errors)")
    }
    #expect(try worker.night.owner().query("SELECT relacl::text FROM pg_class WHERE relname = 'agents'").rows == before)
    #expect(try worker.night.train(role: role).result().promoted)
  }

  /// What nobody but a person can decide, and what is said of it.
  static let decisions: [(fault: Fault, says: String)] = [
    (excess("GRANT UPDATE ON models TO PUBLIC"), "PUBLIC"),
    (excess("GRANT CREATE ON SCHEMA public TO PUBLIC"), "CREATE on SCHEMA public granted to PUBLIC"),
    (
      excess("CREATE ROLE $other", "GRANT DELETE ON models TO $other", "GRANT $other TO $role"),
      "granted to $other, of which $role is a member"
    ),
    (
      excess(
        "CREATE ROLE $other", "GRANT SELECT ON tenants TO $other WITH GRANT OPTION", "SET ROLE $other",
        "GRANT SELECT ON tenants TO $role"),
      "by $other, who is not the owner"
    ),
    (
      excess(
        "CREATE ROLE $other", "GRANT SELECT ON tenants TO $role WITH GRANT OPTION", "SET ROLE $role",
        "GRANT SELECT ON tenants TO $other"),
      "granted rights on it to others"
    ),
    (
      excess("CREATE ROLE $other", "GRANT $role TO $other", "GRANT DELETE ON models TO $role"),
      "$other is a member of $role"
    ),
    (
      excess(
        "CREATE TABLE audit (at timestamptz)", "GRANT INSERT ON audit TO $role",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit VALUES (now()); RETURN NEW; END $$",
        "CREATE TRIGGER note AFTER UPDATE ON tenant_routing_policies FOR EACH ROW EXECUTE FUNCTION note()"),
      "trigger note on public.tenant_routing_policies"
    ),
    (
      excess(
        "ALTER TABLE models RENAME TO stored", "GRANT SELECT ON stored TO $role",
        "CREATE VIEW models WITH (security_invoker = true) AS SELECT * FROM stored", "GRANT SELECT ON models TO $role"),
      "a view or a policy"
    ),
    (
      excess("CREATE TABLE mine (x int)", "ALTER TABLE mine OWNER TO $role"), "$role is the owner"
    ),
    (Fault(finding: "memberships", statements: ["GRANT pg_read_all_data TO $role"]), "pg_read_all_data"),
    (
      Fault(finding: "role", statements: ["REVOKE SELECT ON models FROM $role", "ALTER ROLE $role SUPERUSER"]),
      "connect as a role"
    ),
    (
      Fault(
        finding: "role",
        statements: ["ALTER ROLE $role BYPASSRLS", "DROP POLICY $role_select ON routing_outcomes"]),
      "connect as a role"
    ),
    (
      Fault(
        finding: "role",
        statements: ["CREATE TABLE mine (x int)", "ALTER TABLE mine OWNER TO $role", "ALTER ROLE $role CREATEDB"]),
      "connect as a role"
    ),
  ]

  @Test(
    "where only a person can decide there is advice, no statement, and the run works as it is", arguments: decisions)
  func decision(fault: Fault, says: String) throws {
    let worker = try OwnWorker()
    try worker.run(fault.statements)
    let (program, result) = try worker.doctor()
    #expect(program.status == 0 && result.levels(fault.finding) == ["warn"])
    let wanted = says.replacingOccurrences(of: "$role", with: worker.role).replacingOccurrences(
      of: "$other", with: worker.other)
    #expect(
      result.named(fault.finding).contains { "\($0.observed) \($0.cure ?? "")".contains(wanted) },
      "\(result.named(fault.finding))")
    #expect(result.named(fault.finding).allSatisfy { $0.cure_kind == "advice" })
    #expect(try worker.train().result().promoted)
  }

  @Test(
    "a restrictive policy is somebody's, and is named and left alone", arguments: ["routing_outcomes", "training_runs"])
  func restrictive(table: String) throws {
    let worker = try OwnWorker()
    try worker.run([
      "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY",
      "CREATE POLICY \"tight; x\" ON \(table) AS RESTRICTIVE FOR SELECT USING (current_user <> '$role')",
      "CREATE POLICY wide ON \(table) AS RESTRICTIVE USING (true)",
    ])
    let (program, result) = try worker.doctor()
    #expect(program.status == 77)
    let findings = result.named("row-level security")
    #expect(findings.count == 1 && findings[0].cure_kind == "advice")
    #expect(findings[0].cure?.contains("\"tight; x\" on public.\(table)") == true)
    let refused = try worker.train()
    #expect(refused.status == 77 && refused.errors.contains("\"tight; x\" on public.\(table)"))
    #expect(!refused.errors.contains("run:") && !refused.errors.contains("DROP POLICY"))
    // The owner's decision, as the advice says: the policy names the roles that it is for.
    try worker.run(["CREATE ROLE $other", "ALTER POLICY \"tight; x\" ON \(table) TO $other"])
    #expect(try worker.doctor().program.status == 0)
    #expect(try worker.train().result().promoted)
  }
}
