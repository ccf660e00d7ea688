import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct PoolerTests {
  @Test("behind a pooler of either mode a night is what it is without", arguments: ["session", "transaction"])
  func pooled(mode: String) throws {
    let night = try Night()
    let pooler = Process()
    pooler.executableURL = Repository.root.appendingPathComponent("Tests/Acceptance/pooled")
    pooler.arguments = [night.server.socket, mode]
    let (input, output) = (Pipe(), Pipe())
    pooler.standardInput = input
    pooler.standardOutput = output
    try pooler.run()
    defer {
      try? input.fileHandleForWriting.close()
      pooler.waitUntilExit()
    }
    let environment = [
      "PGHOST": try output.fileHandleForReading.readLine(), "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
    ]
    func run(_ arguments: [String]) throws -> Program { try Program(arguments, environment: environment) }
    let straight = try night.train(["--dry-run"]).result()
    let first = try run(["train", "--cadence", "daily", "--format", "json"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(try first.result().promoted && first.result().policy_version_to == straight.policy_version_to)
    #expect(try night.isConsistent())
    #expect(try run(["train", "--cadence", "daily", "--format", "json"]).result().reason.hasPrefix("change:"))
    #expect(try run(["doctor"]).status == 0)
    // Nothing of ours stays on a connection that the pool gives to others.
    let locks =
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = $1)"
    #expect(try night.server.owner("postgres").query(locks, [night.database]).scalar == "0")
  }
}
