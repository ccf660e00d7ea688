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

  /// A server that a test stops and starts; it ends with this value.
  private final class Server {
    let socket: String
    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())

    init() throws {
      process.executableURL = Repository.root.appendingPathComponent("Tests/Acceptance/restarting-server")
      process.arguments = [try Repository.synthetic.path]
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      socket = try output.fileHandleForReading.readLine()
    }

    deinit {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }

    /// Stops the server this way and returns when it is there again.
    func restart(_ mode: String) throws {
      try input.fileHandleForWriting.write(contentsOf: Data("\(mode)\n".utf8))
      _ = try output.fileHandleForReading.readLine()
    }

    func environment() -> [String: String] {
      ["PGHOST": socket, "PGDATABASE": "gateway", "PGUSER": "ainfera_labs"]
    }
  }

  @Test("a server that stops in the middle of a read and comes back is read again from the start")
  func restart() async throws {
    let server = try Server()
    let owner = "host=\(server.socket) port=5432 dbname=gateway user=owner"
    for (number, mode) in ["fast", "immediate"].enumerated() {
      // Held by a lock, which goes with the server.
      let holder = try Connection(ConnectionSettings(target: owner), logger: Logger(label: "test"))
      try holder.query("BEGIN")
      try holder.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
      let program = try RunningProgram(
        ["train", "--cadence", "daily", "--format", "json"], environment: server.environment())
      try RestartTests.waitForReader(owner)
      try server.restart(mode)
      let ended = try await program.finish()
      #expect(ended.status == 0, "\(mode): \(ended.errors)")
      #expect(try ended.result().outcomes.eligible == 20_000)
      let again = try Connection(ConnectionSettings(target: owner), logger: Logger(label: "test"))
      #expect(try again.query("SELECT count(*) FROM training_runs").scalar == "\(number + 1)")
      #expect(
        try again.query("SELECT count(DISTINCT active_policy_version) FROM tenant_routing_policies").scalar == "1")
    }
  }

  @Test("a standby is status 75 before anything is read, also for doctor, and bears a dry run")
  func standby() throws {
    let server = try Server()
    try server.restart("standby")
    let refused = try Program(["train", "--cadence", "daily"], environment: server.environment())
    #expect(refused.status == 75 && refused.errors.contains("it is a standby; connect to the primary"))
    #expect(refused.errors.split(separator: "\n").count == 1)
    let doctor = try Program(["doctor"], environment: server.environment())
    #expect(doctor.status == 75 && doctor.output.contains("FAIL  writes"))
    let dry = try Program(["train", "--cadence", "daily", "--dry-run"], environment: server.environment())
    #expect(dry.status == 0 && dry.output.hasPrefix("WOULD PROMOTE"), "\(dry.errors)")
  }
}
