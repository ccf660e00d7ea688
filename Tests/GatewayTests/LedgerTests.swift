import Foundation
import Gateway
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct LedgerTests {
  private static func run(_ id: String, to version: String) -> TrainingRun {
    TrainingRun(
      id: id, cadence: "manual", judgeModel: "judge", outcomesJudged: 100, versionFrom: "1.0.0+a", versionTo: version,
      promoted: true, reason: "better", gatePassed: true, perCell: Array("{}".utf8), doneLift: 0.01, costLift: 0,
      exploration: 0.05, rulesetHash: "h", evaluation: Array("{}".utf8))
  }

  @Test("a run that is recorded already is reported as it was recorded, and not again")
  func sameRunTwice() throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    try FixtureSchemaTests.populate(server.owner(database))
    let schema = GatewaySchema(name: "public", outcomeColumns: [], hasEvaluation: true)
    let ledger = Ledger(schema: schema, settings: server.settings(database), logger: Logger(label: "test"))
    let id = UUID().uuidString.lowercased()
    let first = try ledger.record(LedgerTests.run(id, to: "1.0.1+b"), PromotionTerms(replayed: nil))
    #expect(first.run.promoted && first.serving == nil)
    let second = try ledger.record(LedgerTests.run(id, to: "1.0.1+b"), PromotionTerms(replayed: "1.0.1+b"))
    #expect(second.run == first.run)
    let owner = try server.owner(database)
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "1")
    #expect(
      try owner.query("SELECT DISTINCT active_policy_version FROM tenant_routing_policies").rows == [["1.0.1+b"]])
  }

  @Test("after a clock has stepped back a run still comes after those before it, and what serves is the last")
  func steppedClock() throws {
    let server = try TestServer.shared.get()
    let database = try server.makeDatabase()
    let owner = try server.owner(database)
    try FixtureSchemaTests.populate(owner)
    let schema = GatewaySchema(name: "public", outcomeColumns: [], hasEvaluation: true)
    let ledger = Ledger(schema: schema, settings: server.settings(database), logger: Logger(label: "test"))
    func record(to version: String, replayed: String?) throws -> Recording {
      try ledger.record(
        LedgerTests.run(UUID().uuidString.lowercased(), to: version), PromotionTerms(replayed: replayed))
    }
    #expect(try record(to: "1.0.1+b", replayed: nil).run.promoted)
    try owner.query("UPDATE training_runs SET run_at = now() + interval '3 days'")
    for patch in 2...4 {
      let recording = try record(to: "1.0.\(patch)+b", replayed: "1.0.\(patch - 1)+b")
      #expect(recording.run.promoted && recording.serving == "1.0.\(patch - 1)+b")
    }
    #expect(
      try owner.query("SELECT string_agg(policy_version_to, ' ' ORDER BY run_at) FROM training_runs").scalar
        == "1.0.1+b 1.0.2+b 1.0.3+b 1.0.4+b")
    let serving = try ledger.run(owner, version: nil, isPromoted: true)
    #expect(serving?.policyVersionTo == "1.0.4+b")
    try owner.query("UPDATE training_runs SET run_at = 'infinity' WHERE policy_version_to = '1.0.4+b'")
    #expect(throws: GatewayError.self) { try record(to: "1.0.5+b", replayed: "1.0.4+b") }
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "4")
  }
}
