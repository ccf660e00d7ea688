import Foundation
import Gateway
import Logging
import Outcomes
import Policies
import Postgres
import TestSupport
import Testing

@Suite struct LedgerPolicyTests {
  private static let catalog = Catalog(
    models: [CatalogModel(slug: "strong", prior: 0.9, inputPrice: 1, outputPrice: 1, isAllowed: true)])
  private static let rule = DecisionRule.cheapestClearingFloor

  /// A policy of many cells, each with a pick that the priors do not give.
  private static func policy(cells: Int) throws -> Policy {
    let rows = (1...cells).map {
      "\"code:t\($0):cost\":{\"models\":{\"strong\":{\"mean\":0.5,\"n\":\($0),\"ucb\":0.9,\"width\":0.1}},\"n_cell\":\($0),"
        + "\"pick\":null,\"rule\":\"no_candidate_clears_floor\"}"
    }
    return try Policy(canonicalJSON: Array("{\"cells\":{\(rows.joined(separator: ","))},\"exploration\":0.05}".utf8))
  }

  private struct Recorded {
    let server: TestServer
    let database: String
    let ledger: Ledger
    let run: TrainingRun

    /// Records a promoted run of a policy.
    init(_ policy: Policy, hasColumn: Bool = true, isWhole: Bool = false) throws {
      server = try TestServer.shared.get()
      database = try server.makeDatabase()
      try FixtureSchemaTests.populate(server.owner(database))
      if !hasColumn { try server.owner(database).query("ALTER TABLE training_runs DROP COLUMN policy") }
      ledger = Ledger(
        schema: GatewaySchema(name: "public", outcomeColumns: [], hasEvaluation: true, hasPolicy: hasColumn),
        settings: server.settings(database), logger: Logger(label: "test"))
      let table = LedgerTable(
        policy, beside: .untrained(exploration: 0.05), catalog: catalog, rule: rule, minimumSupport: 15)
      run = TrainingRun(
        id: UUID().uuidString.lowercased(), cadence: "manual", judgeModel: "judge", outcomesJudged: 100,
        versionFrom: "1.0.0+0123abcd", versionTo: "1.0.1+\(policy.hash)", promoted: true, reason: "better",
        gatePassed: true, perCell: isWhole ? table.whole : table.changes, doneLift: 0.01, costLift: 0,
        exploration: 0.05,
        rulesetHash: "h", evaluation: Array("{}".utf8), policy: hasColumn ? PolicyArtifact(policy).compressed : nil)
      _ = try ledger.record(run, PromotionTerms(replayed: nil))
    }

    func read() throws -> LedgerPolicy {
      let connection = try server.owner(database)
      let entry = try #require(try ledger.run(connection, version: run.versionTo, isPromoted: true))
      return try ledger.policy(connection, of: entry, isTarget: false)
    }

    /// Why the policy is refused after a change of its row.
    func refusal(after change: String) throws -> String? {
      let owner = try server.owner(database)
      try owner.query("BEGIN")
      try owner.query("UPDATE training_runs SET \(change)")
      let entry = try #require(try ledger.run(owner, version: nil, isPromoted: true))
      defer { _ = try? owner.query("ROLLBACK") }
      let error = #expect(throws: GatewayError.self) { try ledger.policy(owner, of: entry, isTarget: false) }
      return error?.description
    }
  }

  @Test("a policy of any size is read back from the ledger as it was, with the changed cells in per_cell")
  func large() throws {
    let policy = try LedgerPolicyTests.policy(cells: 30_000)
    let recorded = try Recorded(policy)
    let read = try recorded.read()
    #expect(read.policy == policy && read.isWhole)
    #expect(try Policy(perCell: Array(read.perCell.utf8), exploration: 0.05).cells.count == 10_000)
    let back = try recorded.ledger.rollBack(
      to: read, runID: UUID().uuidString.lowercased(), serving: recorded.run.versionTo,
      allowsFewerTenants: false)
    #expect(back.run.promoted)
    #expect(
      try recorded.server.owner(recorded.database).query(
        "SELECT count(DISTINCT policy), count(DISTINCT per_cell) FROM training_runs"
      ).rows == [["1", "1"]])
  }

  @Test("a policy that was damaged, or is another's, or does not go with per_cell, is refused")
  func damaged() throws {
    let recorded = try Recorded(LedgerPolicyTests.policy(cells: 12_000))
    let other = PolicyArtifact(try LedgerPolicyTests.policy(cells: 11_000)).compressed
    let hex = other.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    for (change, words) in [
      ("policy = ''", "end early"), ("policy = substr(policy, 1, 1000)", "end early"),
      ("policy = set_byte(policy, 500, (get_byte(policy, 500) + 1) % 256)", "cannot be trusted"),
      ("policy = policy || '\\x00'", "more follows"),
      ("policy = decode('\(hex)', 'hex')", "has the hash"), ("policy = NULL", "has the hash"),
      ("exploration_floor = 0.06", "per_cell is not the table"),
      ("per_cell = jsonb_set(per_cell, '{code:t9000:cost,n_cell}', '1')", "per_cell is not the table"),
      (
        "per_cell = per_cell || '{\"a:b:c\": {\"n_cell\": 1, \"models\": {}, \"pick\": null, \"rule\": \"r\"}}'",
        "per_cell is not"
      ),
    ] {
      let refusal = try recorded.refusal(after: change)
      #expect(
        refusal?.contains(words) == true && refusal?.contains(recorded.run.id) == true, "\(change): \(refusal ?? "")")
    }
  }

  @Test("of a small table per_cell has all, with the column for the policy and without", arguments: [true, false])
  func small(hasColumn: Bool) throws {
    let policy = try LedgerPolicyTests.policy(cells: 100)
    let recorded = try Recorded(policy, hasColumn: hasColumn, isWhole: true)
    #expect(try recorded.read().policy == policy)
    let refusal = try recorded.refusal(after: "per_cell = per_cell - 'code:t7:cost'")
    #expect(refusal?.contains(hasColumn ? "per_cell is not the table" : "has the hash") == true, "\(refusal ?? "")")
  }
}
