import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct RestartTests {
  /// Waits until a run of the worker waits for the table that is locked.
  private static func waitForReader(_ owner: String) throws {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ainfera_labs' AND wait_event = 'relation'"
    for _ in 0..<1200 {
      let watcher = try Connection(ConnectionSettings(target: owner), logger: Logger(label: "test"))
      if try watcher.query(waiting).scalar == "1" { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw CocoaError(.userCancelled)
  }

  @Test("a server that stops in the middle of a read and comes back is read again from the start")
  func restart() async throws {
    let server = Process()
    server.executableURL = Repository.root.appendingPathComponent("Tests/Acceptance/restarting-server")
    server.arguments = [try Repository.synthetic.path]
    let (input, output) = (Pipe(), Pipe())
    server.standardInput = input
    server.standardOutput = output
    try server.run()
    defer {
      try? input.fileHandleForWriting.close()
      server.waitUntilExit()
    }
    let reader = output.fileHandleForReading
    let socket = try reader.readLine()
    let owner = "host=\(socket) port=5432 dbname=gateway user=owner"
    for (number, mode) in ["fast", "immediate"].enumerated() {
      // Held by a lock, which goes with the server.
      let holder = try Connection(ConnectionSettings(target: owner), logger: Logger(label: "test"))
      try holder.query("BEGIN")
      try holder.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
      let program = try RunningProgram(
        ["train", "--cadence", "daily", "--format", "json"],
        environment: ["PGHOST": socket, "PGDATABASE": "gateway", "PGUSER": "ainfera_labs"])
      try RestartTests.waitForReader(owner)
      try input.fileHandleForWriting.write(contentsOf: Data("\(mode)\n".utf8))
      _ = try reader.readLine()
      let ended = try await program.finish()
      #expect(ended.status == 0, "\(mode): \(ended.errors)")
      #expect(try ended.result().outcomes.eligible == 20_000)
      let again = try Connection(ConnectionSettings(target: owner), logger: Logger(label: "test"))
      #expect(try again.query("SELECT count(*) FROM training_runs").scalar == "\(number + 1)")
      #expect(
        try again.query("SELECT count(DISTINCT active_policy_version) FROM tenant_routing_policies").scalar == "1")
    }
  }
}
