import Foundation
import Postgres
import TestSupport
import Testing

/// How a run ends whose output nobody takes, or that is told to end.
@Suite(.blocking, .timeLimit(.minutes(30))) struct EndingTests {
  /// Makes a pipe that is full to the last byte, and held open by what does not read it.
  private static let fill =
    "mkfifo \"$1\"; exec 3<>\"$1\"; dd if=/dev/zero of=\"$1\" oflag=nonblock bs=1 count=70000 2>/dev/null; "

  /// Runs the program in a shell that opens and closes its descriptors.
  private func shell(_ night: Night, _ command: String, _ arguments: [String] = []) throws -> Program {
    try Program(
      running: "/bin/bash", ["-c", command, Repository.program.path] + arguments, environment: environment(night))
  }

  private func environment(_ night: Night) -> [String: String] {
    [
      "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs", "PATH": "/usr/bin:/bin",
    ]
  }

  private func lines(of path: String) throws -> [Substring] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
  }

  @Test(
    "a log that nobody takes, and closed descriptors, do not end a run",
    arguments: [
      "2>/dev/full", "2>&-", "<&- >&- 2>&-", ">&- 2>&-", "2> >(exec 0<&-; sleep 20)",
    ])
  func brokenLog(redirection: String) throws {
    let night = try Night()
    let ended = try shell(night, "sleep 0.2; exec \"$0\" train --cadence daily --log-level debug \(redirection)")
    #expect(ended.status == 0)
    #expect(try night.owner().query("SELECT promoted FROM training_runs").rows == [["t"]])
    #expect(try night.isConsistent())
    try night.owner().query("REVOKE SELECT ON models FROM ainfera_labs")
    #expect(try shell(night, "exec \"$0\" train --cadence daily --log-level debug \(redirection)").status == 77)
  }

  @Test("a log whose reader takes nothing does not hold up a run")
  func stuckLog() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let pipe = folder.url.appendingPathComponent("pipe").path
    let ended = try shell(
      night, "\(EndingTests.fill) exec \"$0\" train --cadence daily --log-level debug 2>\"$1\"", [pipe])
    #expect(ended.status == 0 && ended.output.contains("PROMOTE"))
  }

  @Test(
    "output that cannot be written is status 74 after the run has ended: the hook is told once, and the truth",
    arguments: [">/dev/full", "> >(exec 0<&-; sleep 20)"])
  func lostOutput(redirection: String) throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let (told, metrics) = (folder.url.path + "/told", folder.url.path + "/labs.prom")
    let lost = try shell(
      night,
      "sleep 0.2; exec \"$0\" train --cadence daily --format json --metrics-file \"$2\" "
        + "--on-result \"tr -d '\\n' >>'$1'; echo >>'$1'\" \(redirection)", [told, metrics])
    #expect(lost.status == 74 && lost.errors.contains("standard output") && lost.errors.contains("stands"))
    #expect(try night.owner().query("SELECT promoted FROM training_runs").rows == [["t"]])
    let results = try lines(of: told)
    #expect(results.count == 1 && results[0].contains("\"verdict\" : \"promote\""))
    let numbers = try lines(of: metrics)
    #expect(numbers.contains { $0.hasPrefix("ainfera_labs_last_exit_status{cadence=\"daily\"} 74") })
    #expect(numbers.contains { $0.hasPrefix("ainfera_labs_promoted{cadence=\"daily\"} 1") })
  }

  @Test("output whose reader takes nothing is given up at a signal, with status 74, and the run stands")
  func stuckOutput() async throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let (pipe, told) = (folder.url.path + "/pipe", folder.url.path + "/told")
    let program = try RunningProgram(
      running: "/bin/bash",
      [
        "-c", EndingTests.fill + "exec \"$0\" train --cadence daily --on-result \"cat >'$2'\" >\"$1\"",
        Repository.program.path, pipe, told,
      ], environment: environment(night))
    for _ in 0..<1200 where try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0" {
      try await Task.sleep(for: .milliseconds(100))
    }
    try await Task.sleep(for: .seconds(1))
    kill(program.identifier, SIGTERM)
    let ended = try await program.finish()
    #expect(ended.status == 74 && ended.errors.contains("nobody reads it"), "\(ended.errors)")
    #expect(try String(contentsOfFile: told, encoding: .utf8).contains("\"verdict\" : \"promote\""))
    #expect(try night.isConsistent())
  }

  @Test("every command whose output cannot be written ends with status 74")
  func lostOutputs() throws {
    let night = try Night()
    #expect(try night.train().status == 0)
    let folder = try TemporaryFolder()
    let (outcomes, catalog) = (
      try Repository.synthetic.path + "/outcomes.csv", try Repository.synthetic.path + "/catalog.json"
    )
    let commands = [
      "history", "show", "doctor", "settings", "resume", "train --cadence daily --dry-run", "--help", "train --help",
      "help replay", "--generate-completion-script bash", "replay --outcomes '\(outcomes)' --catalog '\(catalog)'",
      "research --rows 100 --seeds 1 --scenario stationary --out '\(folder.url.path)'",
    ]
    for command in commands {
      let ended = try shell(night, "exec \"$0\" \(command) >/dev/full")
      #expect(ended.status == 74 && ended.errors.contains("standard output"), "\(command): \(ended.errors)")
    }
  }

  @Test("the metric of the exit status is the exit status, also where a hold is asked to fail")
  func heldMetric() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let metrics = folder.url.path + "/labs.prom"
    #expect(try night.train().result().promoted)
    #expect(try night.train(["--fail-on-hold", "--metrics-file", metrics]).status == 2)
    #expect(try lines(of: metrics).contains { $0.hasPrefix("ainfera_labs_last_exit_status{cadence=\"daily\"} 2") })
  }

  @Test(
    "a signal or the deadline while the hook runs ends the hook, and the run has ended with status 0",
    arguments: [SIGTERM, SIGINT, SIGHUP, 0])
  func duringHook(number: Int32) async throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let pids = folder.url.path + "/pids"
    let program = try night.start(
      ["--on-result", "sleep 600 & echo $! >'\(pids)'; echo $$ >>'\(pids)'; wait"]
        + (number == 0 ? ["--deadline-seconds", "29"] : []))
    for _ in 0..<1200 where (try? lines(of: pids).count) != 2 { try await Task.sleep(for: .milliseconds(50)) }
    let start = ContinuousClock.now
    if number != 0 { kill(program.identifier, number) }
    let ended = try await program.finish()
    #expect(ended.status == 0 && ContinuousClock.now - start < .seconds(45), "\(ended.errors)")
    #expect(try ended.result().promoted)
    #expect(ended.errors.contains("--on-result was ended"))
    for identifier in try lines(of: pids) { #expect(ProcessList.isGone(String(identifier))) }
  }

  @Test("a hook gets neither the address nor a password, and what it leaves behind is ended")
  func hookEnvironment() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let (seen, pid) = (folder.url.path + "/environment", folder.url.path + "/pid")
    let address = "postgresql://ainfera_labs:planted-one@/\(night.database)?host=\(night.server.socket)"
    let told = try Program(
      ["train", "--cadence", "daily", "--on-result", "env >'\(seen)'; sleep 600 & echo $! >'\(pid)'"],
      environment: [
        "LABS_DATABASE_URL": address, "PGPASSWORD": "planted-two", "PGSSLPASSWORD": "planted-three", "KEPT": "kept",
        "PATH": "/usr/bin:/bin",
      ])
    #expect(told.status == 0 && told.errors == "")
    let variables = try lines(of: seen)
    #expect(variables.contains("KEPT=kept") && !variables.contains { $0.contains("planted") })
    #expect(try ProcessList.isGone(String(lines(of: pid)[0])))
  }

  @Test("where the server answers nothing, a second signal ends the process at once, and a first one within seconds")
  func secondSignal() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let folder = try TemporaryFolder()
    for (signals, limit) in [([SIGTERM, SIGTERM], 4.0), ([SIGHUP, SIGINT], 4), ([SIGHUP], 30)] {
      let isUrgent = signals.count > 1
      let (path, metrics) = (folder.url.path + "/told", folder.url.path + "/\(UUID().uuidString)")
      let hook = isUrgent ? "sleep 20" : "cat >'\(path)'"
      let program = try night.start(["--metrics-file", metrics, "--on-result", hook])
      let waiting =
        "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
      let backend = try #require(try night.wait(for: waiting).flatMap { Int32($0) })
      kill(backend, SIGSTOP)
      let start = ContinuousClock.now
      for number in signals {
        kill(program.identifier, number)
        if isUrgent { try await Task.sleep(for: .milliseconds(500)) }
      }
      let ended = try await program.finish()
      let took = ContinuousClock.now - start
      kill(backend, SIGCONT)
      #expect(ended.status == 75 && ended.errors.contains("ended by signal \(signals[0])"), "\(ended.errors)")
      #expect(took < .seconds(limit), "\(took)")
      #expect(try lines(of: metrics).contains { $0.hasPrefix("ainfera_labs_last_exit_status{cadence=\"daily\"} 75") })
      if !isUrgent { #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\"exit_status\" : 75")) }
      let backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'"
      #expect(try night.wait(until: backends, is: "0"))
    }
    try blocker.query("ROLLBACK")
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a signal that is not the server's to answer ends a waiting ledger command too")
  func ledgerCommand() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE training_runs IN ACCESS EXCLUSIVE MODE")
    let program = try RunningProgram(["history"], environment: environment(night))
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try night.wait(until: waiting, is: "1"))
    kill(program.identifier, SIGTERM)
    let ended = try await program.finish()
    #expect(ended.status == 75 && ended.errors.contains("ended by signal \(SIGTERM)"), "\(ended.errors)")
    try blocker.query("ROLLBACK")
  }

  @Test("under nohup the end of the terminal is not the end of the run")
  func nohup() async throws {
    let night = try Night()
    let blocker = try night.owner()
    try blocker.query("BEGIN")
    try blocker.query("LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE")
    let program = try RunningProgram(
      running: "/bin/sh",
      ["-c", "trap '' HUP; exec \"$0\" train --cadence daily --format json", Repository.program.path],
      environment: environment(night))
    let waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'relation' AND usename = 'ainfera_labs'"
    #expect(try night.wait(until: waiting, is: "1"))
    kill(program.identifier, SIGHUP)
    try await Task.sleep(for: .seconds(1))
    try blocker.query("ROLLBACK")
    #expect(try await program.finish().result().promoted)
  }

  @Test("with the log in JSON the last line is JSON too, with the run and the status")
  func fatalLine() throws {
    struct Line: Decodable {
      let time, level, message: String
      let run: String?
      let exit_status: Int32
    }
    func last(_ program: Program) throws -> Line {
      try JSONDecoder().decode(Line.self, from: Data((program.errors.split(separator: "\n").last ?? "").utf8))
    }
    let night = try Night()
    try night.owner().query("REVOKE SELECT ON models FROM ainfera_labs")
    let refused = try night.train(["--log-format", "json"])
    let line = try last(refused)
    #expect(refused.status == 77 && line.exit_status == 77 && line.level == "critical" && !line.message.isEmpty)
    #expect(line.run.flatMap { UUID(uuidString: $0) } != nil && line.time.contains("T") && line.time.contains("."))
    for arguments in [
      ["train", "--cadence", "dialy", "--log-format=json"], ["history", "--limit", "0", "--log-format", "json"],
      ["train", "--log-format", "json"], ["doctor", "--log-format", "json", "--nonsense"],
      ["train", "--cadence", "daily", "--log-format", "json", "--window-days=-1"],
    ] {
      let usage = try Program(arguments)
      let line = try last(usage)
      #expect(usage.status == 64 && line.exit_status == 64, "\(arguments) \(usage.errors)")
      #expect(usage.errors.split(separator: "\n").count == 1, "\(usage.errors)")
    }
  }

  @Test("metrics replace a regular file only, and can be read by everybody whatever the umask")
  func metricsFile() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let kept = try folder.write("kept", to: "kept")
    let paths = ["pipe", "folder", "link", "dangling", "new"].map { folder.url.appendingPathComponent($0).path }
    #expect(mkfifo(paths[0], 0o600) == 0 && mkdir(paths[1], 0o700) == 0)
    #expect(symlink(kept, paths[2]) == 0 && symlink("/nonexistent/x", paths[3]) == 0)
    for path in paths {
      let ended = try shell(
        night, "umask 077; exec \"$0\" train --cadence shadow --dry-run --metrics-file \"$1\"", [path])
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.errors.contains("the metrics cannot be written") == (path != paths[4]), "\(ended.errors)")
    }
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "kept")
    let attributes = try FileManager.default.attributesOfItem(atPath: paths[4])
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        == ["dangling", "folder", "kept", "link", "new", "pipe"])
  }

  @Test("a page and a policy replace no device, no pipe and no symbolic link")
  func otherFiles() throws {
    let folder = try TemporaryFolder()
    let kept = try folder.write("kept", to: "kept")
    let link = folder.url.appendingPathComponent("link").path
    #expect(symlink(kept, link) == 0)
    let run = folder.url.appendingPathComponent("run.json")
    let synthetic = try Repository.synthetic.path
    let replay = ["replay", "--outcomes", "\(synthetic)/outcomes.csv", "--catalog", "\(synthetic)/catalog.json"]
    let made = try Program(replay + ["--format", "json"])
    try Data(made.output.utf8).write(to: run)
    let page = try Program(["report", run.path, "--out", link])
    #expect(page.status == 74 && page.errors.contains(link), "\(page.errors)")
    let policy = try Program(replay + ["--policy-out", link])
    #expect(policy.status == 74 && policy.errors.contains(link), "\(policy.errors)")
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == "kept")
  }
}
