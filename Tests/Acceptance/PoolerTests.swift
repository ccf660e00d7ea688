import Foundation
import Postgres
import TestSupport
import Testing

/// A pgbouncer in front of the server of the tests, which ends with its owner.
private final class Pooler {
  /// The folder of its socket.
  let folder: String
  private let process = Process()
  private let input = Pipe()

  init(_ socket: String, mode: String) throws {
    process.executableURL = Repository.root.appendingPathComponent("Tests/Acceptance/pooled")
    process.arguments = [socket, mode]
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    folder = try output.fileHandleForReading.readLine()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

@Suite(.blocking, .timeLimit(.minutes(30))) struct PoolerTests {
  @Test(
    "a pooler in statement mode is refused at once, with what to do",
    arguments: ["train --cadence daily", "history", "doctor"])
  func statementMode(command: String) throws {
    let night = try Night()
    let pooler = try Pooler(night.server.socket, mode: "statement")
    let start = ContinuousClock.now
    let refused = try Program(
      command.split(separator: " ").map(String.init),
      environment: ["PGHOST": pooler.folder, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    #expect(refused.status == 78, "\(refused.errors)")
    if command == "doctor" {
      #expect(refused.output.contains("takes no transactions") && refused.errors == "")
    } else {
      #expect(refused.errors.contains("a pooler in statement mode cannot be used"))
      #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
    }
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test("behind a pooler of either mode a night is what it is without", arguments: ["session", "transaction"])
  func pooled(mode: String) throws {
    let night = try Night()
    let pooler = try Pooler(night.server.socket, mode: mode)
    let environment = [
      "PGHOST": pooler.folder, "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
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
