import Foundation
import Postgres
import TestSupport

/// A database with the synthetic outcomes, as production has them.
struct Night {
  let server: TestServer
  let database: String

  /// The outcomes in their order, loaded once and copied for each test.
  private static let original: Result<String, any Error> = Result {
    try Night(database: TestServer.shared.get().makeDatabase(), order: "created_at", source: "prod").database
  }

  init() throws {
    server = try TestServer.shared.get()
    database = try server.makeDatabase(from: Night.original.get())
  }

  init(order: String = "created_at", source: String = "prod") throws {
    let server = try TestServer.shared.get()
    try self.init(database: server.makeDatabase(), order: order, source: source)
  }

  /// Loads the outcomes into a database that has the schema.
  init(database: String, order: String = "created_at", source: String = "prod") throws {
    server = try TestServer.shared.get()
    self.database = database
    let owner = try server.owner(database)
    let csv = try Repository.synthetic("outcomes.csv")
    let lines = csv.split(separator: "\n").map { $0 + "\n" }
    let columns = lines[0].dropLast()
    try owner.query("SET session_replication_role = replica")
    try owner.query("CREATE TEMP TABLE loaded AS SELECT \(columns) FROM routing_outcomes LIMIT 0")
    try owner.copyIn("COPY loaded FROM STDIN (FORMAT csv)", lines.dropFirst().map(String.init))
    try owner.query("UPDATE loaded SET source = '\(source)'")
    try owner.query("INSERT INTO tenants SELECT DISTINCT tenant_id, 't' FROM loaded")
    try owner.query("INSERT INTO agents SELECT DISTINCT agent_id, tenant_id, 'a' FROM loaded")
    try owner.query("INSERT INTO tenant_routing_policies (tenant_id) SELECT id FROM tenants")
    try owner.query("INSERT INTO providers (name) VALUES ('p')")
    let catalog = try Repository.synthetic("catalog.json")
    try owner.query(
      "INSERT INTO models (slug, provider_id, q_prior, price_in_per_mtok_usd, price_out_per_mtok_usd, m_allowed) "
        + "SELECT m ->> 'slug', p.id, (m ->> 'q_prior')::numeric, (m ->> 'price_in_per_mtok_usd')::numeric, "
        + "(m ->> 'price_out_per_mtok_usd')::numeric, true FROM jsonb_array_elements($1::jsonb -> 'models') m, providers p",
      [catalog])
    try owner.query(
      "UPDATE loaded SET created_at = created_at + "
        + "(SELECT date_trunc('second', now()) - interval '1 hour' - max(created_at) FROM loaded)")
    try owner.query("INSERT INTO routing_outcomes (\(columns)) SELECT \(columns) FROM loaded ORDER BY \(order)")
    try owner.query("ANALYZE")
  }

  func train(_ arguments: [String] = [], cadence: String = "daily", role: String = "ainfera_labs") throws -> Program {
    try Program.train(server, database, arguments, cadence: cadence, role: role)
  }

  /// Starts a `train` and does not wait for it.
  func start(_ arguments: [String] = [], cadence: String = "daily") throws -> RunningProgram {
    try RunningProgram(
      ["train", "--cadence", cadence, "--format", "json"] + arguments,
      environment: ["PGHOST": server.socket, "PGPORT": "5432", "PGDATABASE": database, "PGUSER": "ainfera_labs"])
  }

  /// Gives every outcome the input tokens of its inference.
  func addInferences() throws {
    try owner().query(
      "INSERT INTO inferences (id, agent_id, status, input_tokens) "
        + "SELECT inference_id, agent_id, 'succeeded', 50 + 13 * judge_score FROM routing_outcomes")
  }

  func owner() throws -> Connection { try server.owner(database) }

  /// The outcomes as CSV, by the names of their columns, but for what a judge wrote.
  func csv() throws -> String {
    let columns = [
      "id", "created_at", "tenant_id", "agent_id", "inference_id", "task_type", "cell", "chosen_model_slug",
      "outcome_status", "policy_version", "judge_score", "judge_model", "judge_status", "cost_actual_usd",
      "chosen_propensity", "decision_type", "source",
    ]
    let row = columns.map {
      $0 == "created_at"
        ? "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')" : "coalesce(\($0)::text, '')"
    }.joined(separator: " || ',' || ")
    let rows = try owner().query("SELECT \(row) FROM routing_outcomes").rows
    return ([columns.joined(separator: ",")] + rows.map { $0[0] ?? "" }).joined(separator: "\n") + "\n"
  }

  /// Waits until a query of the server's owner, given the database's name as `$1`, answers this; for a minute at most.
  func wait(until query: String, is expected: String) throws -> Bool {
    try wait(for: query) { $0 == expected } != nil
  }

  /// Waits until such a query answers anything, and returns it.
  func wait(for query: String) throws -> String? { try wait(for: query) { _ in true } }

  private func wait(for query: String, _ isAwaited: (String) -> Bool) throws -> String? {
    for _ in 0..<1200 {
      let answer = try server.owner("postgres").query(query, [database]).scalar
      if let answer, isAwaited(answer) { return answer }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return nil
  }

  /// A promoted row exists if and only if every tenant's version is its `policy_version_to`.
  func isConsistent() throws -> Bool {
    let owner = try owner()
    let serving = try owner.query(
      "SELECT policy_version_to FROM training_runs WHERE promoted ORDER BY run_at DESC LIMIT 1"
    ).scalar
    let versions = try owner.query("SELECT DISTINCT active_policy_version FROM tenant_routing_policies").rows
    return versions == [[serving]]
  }
}
