import Foundation
import Postgres
import TestSupport
import Testing

/// The statements of the runbook, as they stand in it, against a real server.
@Suite(.blocking, .timeLimit(.minutes(30))) struct RunbookTests {
  /// A block of SQL; its first line says as whom and what for.
  struct Statement {
    let role: String
    let title: String
    let sql: String

    /// The runbook's blocks in their order.
    static func all() throws -> [Statement] {
      let text = try String(
        contentsOf: Repository.root.appendingPathComponent("Documentation/operations/runbook.md"), encoding: .utf8)
      return try text.matches(of: /```sql\n((?s).*?)```/).map { block in
        let sql = String(block.output.1)
        let head = try #require(sql.firstMatch(of: /^-- as (the owner|ainfera_labs): (.+)\n/), "\(sql.prefix(60))")
        return Statement(
          role: head.output.1 == "the owner" ? "owner" : "ainfera_labs", title: String(head.output.2), sql: sql)
      }
    }

    /// The one whose title begins so.
    static func titled(_ beginning: String) throws -> Statement {
      let found = try all().filter { $0.title.hasPrefix(beginning) }
      return try #require(found.count == 1 ? found[0] : nil, "\(beginning)")
    }

    /// Runs it in psql, with what the reader is told to replace replaced.
    func run(_ night: Night, run: String = "", version: String = "", process: String = "") throws -> Program {
      let folder = try TemporaryFolder()
      let own =
        sql.replacing("00000000-0000-4000-8000-00000000000a", with: run)
        .replacing("1.0.1+9c8d3fb8", with: version).replacing("12345", with: process)
      return try Program(
        running: "/usr/bin/psql",
        ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", try folder.write(own, to: "statement.sql")],
        environment: [
          "PATH": "/usr/bin:/bin", "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": role,
        ])
    }
  }

  private func command(_ night: Night, _ arguments: [String]) throws -> Program {
    try Program(
      arguments,
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
  }

  /// Two promotions: the second because one cheap model has become faultless.
  private func promoteTwice(_ night: Night) throws -> [Program.Result] {
    let first = try night.train().result()
    try night.owner().query("UPDATE routing_outcomes SET judge_score = 5 WHERE chosen_model_slug = 'birch-mini'")
    let second = try night.train().result()
    #expect(first.promoted && second.promoted)
    return [first, second]
  }

  @Test("the runbook's questions have answers, and change nothing")
  func questions() throws {
    let night = try Night()
    try night.owner().query("UPDATE routing_outcomes SET cost_actual_usd = 'NaN' WHERE chosen_model_slug = 'hazel-max'")
    try night.owner().query("UPDATE routing_outcomes SET chosen_propensity = 0 WHERE task_type = 'code'")
    let costs = try Statement.titled("calls whose cost").run(night)
    let worst = try #require(costs.output.split(separator: "\n").first?.split(separator: "|").map(String.init))
    #expect(worst[0] == "hazel-max" && worst[1] == worst[2], "\(costs.output)\(costs.errors)")
    let judged = try Statement.titled("what each judge").run(night)
    #expect(judged.status == 0 && judged.output.contains("|"), "\(judged.errors)")
    let wrong = try Statement.titled("decisions without").run(night)
    let expected = try night.owner().query("SELECT count(*) FROM routing_outcomes WHERE task_type = 'code'").scalar
    #expect(wrong.output.split(separator: "\n").first?.hasSuffix("|\(expected ?? "")") == true, "\(wrong.output)")
  }

  @Test("after status 76 the runbook's question finds the run, or none")
  func unknownCommit() throws {
    let night = try Night()
    let result = try night.train().result()
    let statement = try Statement.titled("whether the run was recorded")
    let found = try statement.run(night, run: result.run_id)
    #expect(found.output.hasPrefix(result.run_id) && found.output.contains("|t|"))
    #expect(try statement.run(night, run: UUID().uuidString.lowercased()).output == "")
  }

  @Test("who holds a lock is found, and can be ended; then a night runs")
  func locks() throws {
    let night = try Night()
    let asked = try Statement.titled("who holds")
    #expect(try asked.run(night).output == "")
    do {
      let reader = try night.owner()
      try reader.query("BEGIN")
      try reader.query("SELECT pg_advisory_xact_lock(1818321522)")
      let writer = try night.owner()
      try writer.query("BEGIN")
      try writer.query("UPDATE tenant_routing_policies SET fallback_enabled = true")
      let holders = try asked.run(night).output.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
      #expect(holders.map(\.last) == ["advisory 1818321522", "tenant_routing_policies"], "\(holders)")
      #expect(try night.train().status == 75)
      for holder in holders {
        #expect(try Statement.titled("end one connection").run(night, process: holder[0]).output == "t\n")
      }
    }
    #expect(try night.wait(until: "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", is: "0"))
    #expect(try night.train().result().promoted)
    #expect(try night.isConsistent())
  }

  @Test("tenants that are elsewhere than the ledger says are counted, and brought to it")
  func tenants() throws {
    let night = try Night()
    let version = try night.train().result().policy_version_to
    let owner = try night.owner()
    let tenants = Int(try owner.query("SELECT count(*) FROM tenant_routing_policies").scalar ?? "") ?? 0
    try owner.query(
      "UPDATE tenant_routing_policies SET active_policy_version = NULL WHERE tenant_id = "
        + "(SELECT min(tenant_id::text)::uuid FROM tenant_routing_policies)")
    let counted = try Statement.titled("how many tenants").run(night)
    #expect(counted.output == "\(version)|\(tenants - 1)|t\n|1|f\n", "\(counted.output)\(counted.errors)")
    let mended = try Statement.titled("give every tenant").run(night)
    #expect(mended.status == 0 && mended.output.contains("UPDATE 1\n"), "\(mended.output)\(mended.errors)")
    #expect(try night.isConsistent())
    #expect(try Statement.titled("how many tenants").run(night).output == "\(version)|\(tenants)|t\n")
  }

  @Test("going back by hand is what rollback does: nights hold, resume lets them go on, and it can be gone back from")
  func goBack() throws {
    let night = try Night()
    let versions = try promoteTwice(night).map(\.policy_version_to)
    let statement = try Statement.titled("move every tenant back")
    for (version, words) in [("9.9.9+00000000", "was never promoted"), (versions[1], "serves already")] {
      let refused = try statement.run(night, version: version)
      #expect(refused.status != 0 && refused.errors.contains(words), "\(refused.errors)")
    }
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "2")
    let moved = try statement.run(night, version: versions[0])
    #expect(moved.status == 0, "\(moved.errors)")
    #expect(try night.isConsistent())
    #expect(try command(night, ["show"]).output.hasPrefix("\(versions[0])  promoted"))
    let row = try night.owner().query(
      "SELECT cadence, policy_version_from, policy_version_to, promote_reason, delta_done_rate IS NULL, "
        + "per_cell = (SELECT per_cell FROM training_runs WHERE policy_version_to = $1 ORDER BY run_at LIMIT 1), "
        + "run_at > (SELECT max(run_at) FROM training_runs WHERE policy_version_to = $2) "
        + "FROM training_runs ORDER BY run_at DESC LIMIT 1", versions
    ).rows.first
    #expect(row == ["manual", versions[1], versions[0], "rollback", "t", "t", "t"])
    let held = try night.train().result()
    #expect(held.reason.hasPrefix("paused: rolled back from \(versions[1]) to \(versions[0])"), "\(held.reason)")
    #expect(try command(night, ["resume"]).status == 0)
    #expect(try night.train().result().check("paused")?.observed.contains("which was rolled back") == true)
    #expect(try command(night, ["rollback", "--to", versions[1]]).status == 0)
    #expect(try night.isConsistent())
  }

  @Test("an incumbent that cannot be read stops nights, and going back by hand or withdrawing it mends that")
  func unreadable() throws {
    for title in ["move every tenant back", "a run counts as promoted no longer"] {
      let night = try Night()
      let promoted = try promoteTwice(night)
      try night.owner().query("UPDATE training_runs SET per_cell = '[]' WHERE id = $1", [promoted[1].run_id])
      let broken = try night.train()
      #expect(broken.status == 65 && broken.errors.contains(promoted[1].run_id), "\(broken.errors)")
      let mended = try Statement.titled(title).run(
        night, run: promoted[1].run_id, version: promoted[0].policy_version_to)
      #expect(mended.status == 0, "\(mended.errors)")
      #expect(try night.isConsistent())
      #expect(try command(night, ["show"]).output.hasPrefix(promoted[0].policy_version_to))
      #expect(try night.train().status == 0)
    }
  }

  @Test("the first promotion can be withdrawn: no tenant has a version, and the row says what was done")
  func withdraw() throws {
    let night = try Night()
    let first = try night.train().result()
    let withdrawn = try Statement.titled("a run counts").run(night, run: first.run_id)
    #expect(withdrawn.status == 0, "\(withdrawn.errors)")
    let owner = try night.owner()
    #expect(try owner.query("SELECT DISTINCT active_policy_version FROM tenant_routing_policies").rows == [[nil]])
    #expect(
      try owner.query("SELECT promoted, left(promote_reason, 22) FROM training_runs").rows == [
        ["f", "withdrawn by hand; it "]
      ])
    #expect(try night.train().result().policy_version_from == first.policy_version_from)
  }

  @Test("old held runs go, and all that nights read again stays")
  func retention() throws {
    let night = try Night()
    let promoted = try promoteTwice(night)
    let held = try night.train().result()
    #expect(try command(night, ["rollback", "--to", promoted[0].policy_version_to]).status == 0)
    #expect(try command(night, ["resume"]).status == 0)
    let owner = try night.owner()
    try owner.query("UPDATE training_runs SET run_at = run_at - interval '500 days'")
    let statement = try Statement.titled("remove held runs")
    #expect(try statement.run(night).output == "DELETE 0\n", "the tries since the last promotion count on")
    // A promotion later, only the resume is still read.
    try owner.query(
      "INSERT INTO training_runs SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), "
        + "'run_at', now()))).* FROM training_runs r WHERE id = $1", [promoted[0].run_id])
    #expect(try statement.run(night).output == "DELETE 1\n")
    #expect(try owner.query("SELECT count(*) FROM training_runs WHERE id = $1", [held.run_id]).scalar == "0")
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "5")
  }

  @Test("every statement of the runbook is run by one of these tests")
  func complete() throws {
    let tested = [
      "calls whose cost", "what each judge", "decisions without", "who holds", "end one connection",
      "whether the run was recorded", "how many tenants", "give every tenant", "move every tenant back",
      "a run counts as promoted no longer", "remove held runs",
    ]
    #expect(try tested.map { try Statement.titled($0).title }.sorted() == Statement.all().map(\.title).sorted())
  }
}
