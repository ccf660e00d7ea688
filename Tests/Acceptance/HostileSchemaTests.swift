import Foundation
import Postgres
import TestSupport
import Testing

/// A schema that comes first on everybody's search path and whose functions and operators raise the alarm.
@Suite(.blocking, .timeLimit(.minutes(30))) struct HostileSchemaTests {
  private static let functions = [
    "now() RETURNS timestamptz", "count(anyelement) RETURNS bigint", "split_part(text, text, int) RETURNS text",
    "pg_xact_status(xid8) RETURNS text", "pg_current_xact_id() RETURNS xid8", "clock_timestamp() RETURNS timestamptz",
    "pg_try_advisory_xact_lock(bigint) RETURNS boolean", "pg_advisory_xact_lock(bigint) RETURNS void",
    "to_char(timestamptz, text) RETURNS text", "set_config(text, text, boolean) RETURNS text",
    "row_security_active(text) RETURNS boolean", "pg_is_in_recovery() RETURNS boolean",
    "has_column_privilege(text, text, text) RETURNS boolean", "starts_with(text, text) RETURNS boolean",
    "make_interval(int, int, int, int, int, int, double precision) RETURNS interval", "version() RETURNS text",
    "current_setting(text) RETURNS text", "current_setting(text, boolean) RETURNS text",
    "strpos(text, text) RETURNS int", "pg_stat_get_live_tuples(oid) RETURNS bigint",
  ]
  private static let types = ["text", "timestamptz", "bigint", "int", "oid", "name", "double precision", "boolean"]

  /// A night in whose database the trap lies in wait.
  private func trapped() throws -> Night {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("CREATE SCHEMA trap")
    let alarm = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$"
    for function in HostileSchemaTests.functions { try owner.query("CREATE FUNCTION trap.\(function) \(alarm)") }
    for type in HostileSchemaTests.types {
      try owner.query("CREATE FUNCTION trap.compare(\(type), \(type)) RETURNS boolean \(alarm)")
      for sign in ["=", "<>", ">=", "<=", ">", "<", "~"] {
        try owner.query(
          "CREATE OPERATOR trap.\(sign) (LEFTARG = \(type), RIGHTARG = \(type), FUNCTION = trap.compare)")
      }
    }
    try owner.query("GRANT USAGE ON SCHEMA trap TO ainfera_labs")
    try owner.query("ALTER DATABASE \(night.database) SET search_path = trap, public, pg_catalog")
    #expect(throws: PostgresError.self) { try night.server.labs(night.database).query("SELECT now()") }
    return night
  }

  private func run(_ night: Night, _ arguments: [String], host: String? = nil) throws -> Program {
    let program = try Program(
      arguments,
      environment: [
        "PGHOST": host ?? night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
      ])
    #expect(!(program.output + program.errors).contains("trapped"), "\(arguments)")
    return program
  }

  @Test("no function or operator but the server's own is run by any command")
  func commands() throws {
    let night = try trapped()
    let first = try run(night, ["train", "--cadence", "daily", "--format", "json"])
    #expect(try first.status == 0 && first.result().promoted)
    let version = try first.result().policy_version_to
    for command in ["doctor", "history", "show", "resume"] {
      #expect(try run(night, [command]).status == 0, "\(command)")
    }
    let folder = try TemporaryFolder()
    let json = try folder.write(first.output, to: "run.json")
    let page = folder.url.appendingPathComponent("page.html").path
    #expect(try run(night, ["report", json, "--out", page, "--ledger"]).status == 0)
    #expect(try run(night, ["rollback", "--to", version]).errors.contains("serves already"))
    #expect(try run(night, ["train", "--cadence", "shadow"]).status == 0)
  }

  @Test("nor where rows that cannot be read are looked for")
  func unreadableRows() throws {
    let night = try trapped()
    let owner = try night.owner()
    try owner.query("SET search_path = pg_catalog, public")
    try owner.query("ALTER TABLE routing_outcomes ALTER COLUMN chosen_propensity TYPE numeric USING chosen_propensity")
    try owner.query(
      "UPDATE routing_outcomes SET chosen_propensity = ('1e-' || 400)::numeric WHERE id = (SELECT id FROM routing_outcomes "
        + "WHERE judge_status = 'labeled' ORDER BY created_at LIMIT 1)")
    let program = try run(night, ["train", "--cadence", "daily", "--format", "json", "--log-level", "info"])
    #expect(
      try program.status == 0 && program.result().outcomes.funnel.contains { $0.step == "unreadable" && $0.rows == 1 })
  }

  @Test("nor where a lost answer to COMMIT is looked for")
  func lostAnswer() throws {
    let night = try trapped()
    let proxy = try Proxy(to: night.server.socket, .loseAnswer(darkSeconds: 0))
    let program = try run(night, ["train", "--cadence", "daily", "--format", "json"], host: proxy.folder.url.path)
    proxy.stop()
    #expect(try program.status == 0 && program.result().promoted)
  }
}
