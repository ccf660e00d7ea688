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
    let first = try ledger.record(LedgerTests.run(id, to: "1.0.1+b"), replayed: nil)
    #expect(first.run.promoted && first.serving == nil)
    let second = try ledger.record(LedgerTests.run(id, to: "1.0.1+b"), replayed: "1.0.1+b")
    #expect(second.run == first.run)
    let owner = try server.owner(database)
    #expect(try owner.query("SELECT count(*) FROM training_runs").scalar == "1")
    #expect(
      try owner.query("SELECT DISTINCT active_policy_version FROM tenant_routing_policies").rows == [["1.0.1+b"]])
  }
}
