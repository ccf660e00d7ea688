import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct FaultTests {
  /// Waits until a query of the owner answers this, for ten seconds at most.
  private static func wait(_ night: Night, until query: String, is expected: String) async throws -> Bool {
    for _ in 0..<200 {
      let owner = try night.server.owner("postgres")
      if try owner.query(query, [night.database]).scalar == expected { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  @Test("a lost answer to COMMIT is resolved by looking: the run is recorded once and reported as promoted")
  func lostCommit() async throws {
    let night = try Night()
    // With no such standby, a COMMIT waits until its backend is ended, and then has taken place.
    try night.server.owner("postgres").query("ALTER DATABASE \(night.database) SET synchronous_commit = on")
    let program = try night.start()
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'SyncRep'"
    #expect(try await FaultTests.wait(night, until: waiting, is: "1"))
    try night.server.owner("postgres").query(
      "ALTER DATABASE \(night.database) RESET synchronous_commit")
    try night.server.owner("postgres").query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'SyncRep'",
      [night.database])
    let ended = try await program.finish()
    #expect(ended.status == 0)
    #expect(try ended.result().promoted)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "1")
    #expect(try night.isConsistent())
  }

  @Test("of two workers at once one promotes, and both are recorded", arguments: 1...3)
  func race(round: Int) async throws {
    let night = try Night()
    let programs = [try night.start(), try night.start(cadence: "manual")]
    var promotions = 0
    for program in programs where try await program.finish().result().promoted { promotions += 1 }
    #expect(promotions == 1)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "2")
    #expect(try night.isConsistent())
  }

  @Test("a promotion by another hand between gate and commit is a hold")
  func anotherHand() async throws {
    let night = try Night()
    let other = try night.owner()
    try other.query("BEGIN")
    try other.query("SELECT pg_advisory_xact_lock(\(0x6c61_6273))")
    let program = try night.start()
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'advisory'"
    #expect(try await FaultTests.wait(night, until: waiting, is: "1"))
    try other.query(
      "INSERT INTO training_runs VALUES (gen_random_uuid(), now(), 'manual', 'j', 1, '1.0.0+a', '1.0.9+b', true, 'r', "
        + "true, '{}', 0, 0, 0.05, 'h')")
    try other.query("UPDATE tenant_routing_policies SET active_policy_version = '1.0.9+b'")
    try other.query("COMMIT")
    let result = try await program.finish().result()
    #expect(!result.promoted && result.reason.hasPrefix("incumbent: the incumbent is 1.0.9+b"))
    #expect(result.checks.last?.name == "incumbent" && result.checks.last?.passed == false)
    #expect(try night.isConsistent())
  }

  @Test("a signal ends a waiting run with status 75 and nothing recorded", arguments: [SIGTERM, SIGINT])
  func signal(number: Int32) async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let program = try night.start()
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try await FaultTests.wait(night, until: waiting, is: "1"))
    kill(program.identifier, number)
    let ended = try await program.finish()
    #expect(ended.status == 75 && ended.output == "")
    #expect(ended.errors.contains("ended by signal \(number)") && ended.errors.split(separator: "\n").count == 1)
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a backend ended in the middle of reading is status 75 and nothing is fitted on a part")
  func terminatedRead() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let program = try night.start()
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try await FaultTests.wait(night, until: waiting, is: "1"))
    try night.server.owner("postgres").query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'",
      [night.database])
    let ended = try await program.finish()
    #expect(ended.status == 75 && ended.output == "")
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("nothing private is in any output: no rationale, and no password of the address")
  func secrets() throws {
    let night = try Night()
    try night.owner().query(
      "UPDATE routing_outcomes SET judge_rationale = 'PLANTED RATIONALE', reward = 'NaN' WHERE judge_score > 1")
    let address = "postgresql://ainfera_labs:planted-password@/\(night.database)?host=\(night.server.socket)"
    for arguments in [["--format", "json"], ["--log-level", "trace"]] {
      let program = try Program(
        ["train", "--cadence", "manual", "--dry-run"] + arguments, environment: ["LABS_DATABASE_URL": address])
      #expect(program.status == 0)
      #expect(!(program.output + program.errors).lowercased().contains("planted"))
    }
    let wrong = try Program(
      ["train", "--cadence", "manual"],
      environment: ["LABS_DATABASE_URL": address.replacingOccurrences(of: night.database, with: "missing")])
    #expect(wrong.status == 77 && !wrong.errors.contains("planted"))
  }
}
