import Foundation
import Postgres
import TestSupport
import Testing

/// What a bad way to the server must come to.
@Suite(.blocking, .timeLimit(.minutes(30))) struct ProxyTests {
  private func train(_ night: Night, through proxy: Proxy, _ arguments: [String] = []) async throws -> Program {
    let program = try RunningProgram(
      ["train", "--cadence", "daily", "--format", "json"] + arguments,
      environment: ["PGHOST": proxy.folder.url.path, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    let ended = try await program.finish()
    proxy.stop()
    return ended
  }

  @Test("answers that come a byte at a time are the same answers")
  func trickle() async throws {
    let night = try Night()
    // As few rows as still make a verdict, for each byte is a call of the system's.
    try night.owner().query("DELETE FROM routing_outcomes WHERE hashtext(id::text) % 4 <> 0")
    let straight = try night.train(["--dry-run"]).result()
    let trickled = try await train(night, through: Proxy(to: night.server.socket, .trickle), ["--dry-run"]).result()
    #expect(trickled.policy_version_to == straight.policy_version_to)
    #expect(trickled.checks.map(\.observed) == straight.checks.map(\.observed))
  }

  @Test("a way that goes dead in the middle is ended by the deadline, and nothing is recorded")
  func stall() async throws {
    let night = try Night()
    let ended = try await train(
      night, through: Proxy(to: night.server.socket, .stall(afterBytes: 400_000)), ["--deadline-seconds", "10"])
    #expect(ended.status == 75 && ended.output == "" && ended.errors.contains("deadline"))
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a COMMIT that never arrived is found missing and made anew, once")
  func lostCommit() async throws {
    let night = try Night()
    let ended = try await train(night, through: Proxy(to: night.server.socket, .loseCommit))
    #expect(try ended.status == 0 && ended.result().promoted)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "1")
    #expect(try night.isConsistent())
  }

  @Test(
    "a COMMIT whose answer was lost is found, and never sent again, also where the server is away for a while",
    arguments: [0, 20])
  func lostAnswer(darkSeconds: Double) async throws {
    let night = try Night()
    let ended = try await train(night, through: Proxy(to: night.server.socket, .loseAnswer(darkSeconds: darkSeconds)))
    #expect(try ended.status == 0 && ended.result().promoted)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "1")
    #expect(try night.isConsistent())
  }

  @Test("a COMMIT whose answer cannot be found out within the retry time is status 76, which names the run")
  func unknownAnswer() async throws {
    let night = try Night()
    let ended = try await train(
      night, through: Proxy(to: night.server.socket, .loseAnswer(darkSeconds: 600)), ["--connect-retry-seconds", "12"])
    #expect(ended.status == 76 && ended.output == "")
    let run = try #require(try night.owner().query("SELECT id::text FROM training_runs").scalar)
    #expect(ended.errors.contains("look whether training_runs has id \(run)"))
  }
}
