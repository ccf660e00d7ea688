import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct FaultTests {
  @Test("a lost answer to COMMIT is resolved by looking: the run is recorded once and reported as promoted")
  func lostCommit() async throws {
    let night = try Night()
    // With no such standby, a COMMIT waits until its backend is ended, and then has taken place.
    try night.server.owner("postgres").query("ALTER DATABASE \(night.database) SET synchronous_commit = on")
    let program = try night.start()
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'SyncRep'"
    #expect(try night.wait(until: waiting, is: "1"))
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

  @Test(
    "of two workers at once one promotes, and the other ends at once or holds", arguments: 1...(Scale.isFull ? 200 : 3))
  func race(round: Int) async throws {
    let night = try Night()
    let programs = [try night.start(), try night.start(cadence: "manual")]
    var promotions = 0
    var recorded = 0
    for program in programs {
      let ended = try await program.finish()
      if ended.status == 75 {
        #expect(ended.errors.contains("another run holds") && ended.output == "")
      } else {
        recorded += 1
        if try ended.result().promoted { promotions += 1 }
      }
    }
    #expect(promotions == 1)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "\(recorded)")
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
    #expect(try night.wait(until: waiting, is: "1"))
    try other.query(
      "INSERT INTO training_runs VALUES (gen_random_uuid(), now(), 'manual', 'j', 1, '1.0.0+a', '1.0.9+b', true, 'r', "
        + "true, '{}', 0, 0, 0.05, 'h')")
    try other.query("UPDATE tenant_routing_policies SET active_policy_version = '1.0.9+b'")
    try other.query("COMMIT")
    let result = try await program.finish().result()
    #expect(!result.promoted && result.reason.hasPrefix("incumbent: the incumbent is 1.0.9+b"))
    #expect(result.check("incumbent")?.passed == false)
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
    #expect(try night.wait(until: waiting, is: "1"))
    kill(program.identifier, number)
    let ended = try await program.finish()
    #expect(ended.status == 75 && ended.output == "")
    #expect(ended.errors.contains("ended by signal \(number)") && ended.errors.split(separator: "\n").count == 1)
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a read whose backend is ended begins again, and without time for that is status 75", arguments: [0, 60])
  func terminatedRead(retrySeconds: Int) async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let program = try night.start(["--connect-retry-seconds", "\(retrySeconds)"])
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try night.wait(until: waiting, is: "1"))
    try night.server.owner("postgres").query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'",
      [night.database])
    try blocker.query("ROLLBACK")
    let ended = try await program.finish()
    #expect(ended.status == (retrySeconds == 0 ? 75 : 0))
    let recorded = try night.owner().query("SELECT count(*) FROM training_runs").scalar
    #expect(recorded == (retrySeconds == 0 ? "0" : "1"))
    if retrySeconds > 0 { #expect(try ended.result().outcomes.eligible == 20_000 && night.isConsistent()) }
  }

  @Test("a server that is not there yet is waited for, and one that never comes is status 69")
  func lateServer() async throws {
    let night = try Night()
    let name = night.database
    let admin = try night.server.owner("postgres")
    try admin.query("ALTER DATABASE \(name) CONNECTION LIMIT 0")
    let program = try night.start()
    try await Task.sleep(for: .seconds(1))
    try admin.query("ALTER DATABASE \(name) CONNECTION LIMIT -1")
    let ended = try await program.finish()
    #expect(try ended.status == 0 && ended.result().promoted)
    let never = try Program(
      [
        "train", "--cadence", "daily", "--database", "host=/nonexistent user=x dbname=x", "--connect-retry-seconds",
        "1",
      ])
    #expect(never.status == 69)
    #expect(never.errors.split(separator: "\n").last?.hasPrefix("ainfera-labs: the database is out of reach") == true)
  }

  @Test("a table that another holds is waited for, for a minute, and then it is status 75", arguments: [2, 90])
  func heldTable(seconds: Int) async throws {
    let night = try Night()
    let holder = try night.owner()
    try holder.query("BEGIN")
    try holder.query("ALTER TABLE routing_outcomes ADD COLUMN extra int")
    let program = try night.start()
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try night.wait(until: waiting, is: "1"))
    if seconds < 60 {
      try await Task.sleep(for: .seconds(seconds))
      try holder.query("COMMIT")
    }
    let ended = try await program.finish()
    #expect(ended.status == (seconds < 60 ? 0 : 75), "\(ended.errors)")
    if seconds > 60 {
      try holder.query("ROLLBACK")
      #expect(ended.errors.contains("SQLSTATE 55P03") && ended.errors.split(separator: "\n").count == 1)
      #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
    }
  }

  @Test("a deadline ends what waits for the server, with status 75 and nothing recorded")
  func deadline() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let ended = try await night.start(["--deadline-seconds", "1"]).finish()
    #expect(ended.status == 75 && ended.errors.contains("the deadline of 1.0 s"))
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a deadline ends the process even where the server's backend is stopped and answers nothing")
  func stoppedBackend() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let program = try night.start(["--deadline-seconds", "8"])
    let waiting =
      "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    let backend = try #require(try night.wait(for: waiting).flatMap { Int32($0) })
    kill(backend, SIGSTOP)
    let ended = try await program.finish()
    kill(backend, SIGCONT)
    #expect(ended.status == 75 && ended.errors.contains("the deadline of 8.0 s"))
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a second run ends at once with 75 while another reads")
  func secondRun() async throws {
    let night = try Night()
    let other = try night.owner()
    try other.query("BEGIN")
    try other.query("SELECT pg_advisory_xact_lock(\(0x6c61_6272))")
    let refused = try night.train()
    #expect(refused.status == 75 && refused.errors.contains("another run holds"))
    #expect(try night.train(["--dry-run"]).status == 0)
    try other.query("ROLLBACK")
    #expect(try night.train().status == 0)
  }

  @Test("the lock of a run is tried before anything is read")
  func lockComesFirst() throws {
    let night = try Night()
    let other = try night.owner()
    try other.query("BEGIN")
    try other.query("SELECT pg_advisory_xact_lock(\(0x6c61_6272))")
    try other.query("LOCK TABLE routing_outcomes, models IN ACCESS EXCLUSIVE MODE")
    let refused = try night.train(["--deadline-seconds", "50"])
    #expect(refused.status == 75 && refused.errors.contains("another run holds"), "\(refused.errors)")
  }

  @Test("how long a transaction may be idle is the administrator's to say")
  func idleTimeout() throws {
    let night = try Night()
    try night.owner().query(
      "ALTER DATABASE \(night.database) SET idle_in_transaction_session_timeout = '50s'")
    let program = try night.train(["--log-level", "trace"])
    #expect(try program.result().promoted && !program.errors.contains("idle_in_transaction"))
  }

  @Test("tiny timeouts of the role and the database are not ours", arguments: ["statement_timeout", "lock_timeout"])
  func timeouts(setting: String) throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("ALTER DATABASE \(night.database) SET \(setting) = '2ms'")
    #expect(try night.train().result().promoted)
  }

  @Test("a run that is killed leaves nothing behind, and the next one is as if it had not been", arguments: 1...4)
  func killed(part: Int) async throws {
    let night = try Night()
    let program = try night.start()
    try await Task.sleep(for: .milliseconds(120 * part))
    kill(program.identifier, SIGKILL)
    _ = try await program.finish()
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'"
    #expect(try night.wait(until: backends, is: "0"))
    let before = try night.owner().query("SELECT count(*) FROM training_runs WHERE promoted").scalar
    let tenants = "SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL"
    #expect(try night.owner().query(tenants).scalar == (before == "0" ? "0" : "4"))
    #expect(try night.train().status == 0)
    #expect(try night.isConsistent())
  }

  @Test("a server that takes no writes is status 75")
  func readOnly() throws {
    let night = try Night()
    try night.owner().query("ALTER DATABASE \(night.database) SET default_transaction_read_only = on")
    let refused = try night.train()
    #expect(refused.status == 75 && refused.errors.contains("takes no writes"))
    #expect(try night.train(["--dry-run"]).status == 0)
  }

  @Test("nothing private is in any output: no rationale, and no password of the address")
  func secrets() async throws {
    let night = try Night()
    try night.owner().query(
      "UPDATE routing_outcomes SET judge_rationale = 'PLANTED RATIONALE', reward = 'NaN' WHERE judge_score > 1")
    let address = "postgresql://ainfera_labs:planted-password@/\(night.database)?host=\(night.server.socket)"
    // What everybody on the machine can read of a program that runs.
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let running = try RunningProgram(
      ["train", "--cadence", "manual", "--dry-run"], environment: ["LABS_DATABASE_URL": address])
    let waiting =
      "SELECT application_name || query FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation'"
    let seen = try #require(try night.wait(for: waiting))
    let shown = try String(contentsOfFile: "/proc/\(running.identifier)/cmdline", encoding: .utf8)
    #expect(shown.contains("train") && !(shown + seen).lowercased().contains("planted"))
    try blocker.query("ROLLBACK")
    #expect(try await running.finish().status == 0)
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
