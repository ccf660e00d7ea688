import Foundation
import TestSupport
import Testing
import Yams

/// The scripts and schedules that run the program.
@Suite(.blocking, .timeLimit(.minutes(30))) struct ScheduleTests {
  /// What cron gives to a command.
  private static let cron = ["HOME": "/var/empty", "LOGNAME": "labs", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"]

  /// What the scripts need to reach a night's database.
  private func environment(_ night: Night, _ release: InstalledRelease) -> [String: String] {
    [
      "PATH": "/usr/bin:/bin", "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
      "LABS_STATE": release.state.url.path,
    ]
  }

  private func job(_ name: String, _ release: InstalledRelease) -> String { "\(release.folder.url.path)/Jobs/\(name)" }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("nightly leaves a closed folder of artifacts and open metrics and is silent on standard error")
  func nightly() throws {
    let night = try Night()
    let release = try InstalledRelease()
    let nightly = try Program(
      running: job("nightly", release), ["--format", "json"], environment: environment(night, release))
    let result = try nightly.result()
    #expect(nightly.status == 0 && nightly.errors == "" && result.promoted)
    let artifacts = release.state.url.appendingPathComponent("artifacts").path
    #expect(FileManager.default.fileExists(atPath: "\(artifacts)/\(result.policy_version_to).json"))
    #expect(try mode(artifacts) == 0o700)
    #expect(try mode(release.state.url.appendingPathComponent("ainfera-labs.prom").path) == 0o644)
  }

  @Test("a shadow run never serves, and a collector reads its metrics beside those of the nights")
  func shadow() throws {
    let night = try Night()
    let release = try InstalledRelease()
    let environment = environment(night, release)
    let shadow = try Program(running: job("shadow", release), ["--format", "json"], environment: environment)
    #expect(try shadow.status == 0 && !shadow.result().promoted && shadow.result().would == "promote")
    #expect(try Program(running: job("nightly", release), [], environment: environment).status == 0)
    let state = release.state.url.path
    let files = try FileManager.default.contentsOfDirectory(atPath: state).sorted()
    #expect(files == ["ainfera-labs-shadow.prom", "ainfera-labs.prom", "artifacts"])
    let collected = try NodeExporter.metrics(of: state)
    for cadence in ["daily", "shadow"] {
      #expect(collected.contains("ainfera_labs_last_exit_status{cadence=\"\(cadence)\"} 0"), "\(collected.prefix(200))")
    }
    #expect(collected.contains("ainfera_labs_promoted{cadence=\"daily\"} 1"))
    #expect(collected.contains("ainfera_labs_promoted{cadence=\"shadow\"} 0"))
  }

  @Test("without a program, or a folder that can be written, nightly says in one line what to set")
  func refuses() throws {
    let release = try InstalledRelease()
    let missing = try Program(
      running: job("nightly", release), [], environment: ["PATH": "/usr/bin:/bin", "LABS_BINARY": "/nonexistent/labs"])
    #expect(missing.status == 78 && missing.errors.contains("LABS_BINARY") && missing.output == "")
    try FileManager.default.removeItem(at: release.folder.url.appendingPathComponent("ainfera-labs"))
    let none = try Program(running: job("nightly", release), [], environment: ScheduleTests.cron)
    #expect(none.status == 78 && none.errors.contains("set LABS_BINARY"))
    let file = try release.state.write("", to: "file")
    let closed = try Program(
      running: job("nightly", release), [],
      environment: ["PATH": "/usr/bin:/bin", "LABS_BINARY": Repository.program.path, "LABS_STATE": "\(file)/state"])
    #expect(closed.status == 74 && closed.errors.contains("set LABS_STATE"))
  }

  @Test(
    "a credential of systemd that its group may read becomes a password file that libpq takes, and nothing of it stays")
  func credential() throws {
    let server = try TLSServer()
    let release = try InstalledRelease()
    let credential = try release.writePassword()
    try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: credential)
    let temporary = try TemporaryFolder()
    var environment = [
      "PATH": "/usr/bin:/bin", "LABS_STATE": release.state.url.path, "TMPDIR": temporary.url.path,
      "PGPASSFILE": credential,
      "LABS_DATABASE_URL":
        "postgresql://ainfera_labs@localhost:\(server.port)/postgres?sslmode=verify-full"
        + "&sslrootcert=\(server.folder)/authority.pem",
    ]
    // Without the folder of systemd it is a file like any other, and libpq is right to refuse it.
    let open = try Program(running: job("shadow", release), [], environment: environment)
    #expect(open.status == 77, "\(open.errors)")
    environment["CREDENTIALS_DIRECTORY"] = release.state.url.path
    let given = try Program(
      running: job("shadow", release), ["--on-result", "ls \"$TMPDIR\" >&2"], environment: environment)
    #expect(given.status == 0, "\(given.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path) == [])
    #expect(!(given.output + given.errors).contains("planted"))
  }

  @Test("a result of many lines becomes one line, and no result none")
  func oneLine() throws {
    let folder = try TemporaryFolder()
    let text = "{\n  \"a\" : \"one\\ntwo  three\",\n  \"b\" : [\n    1\n  ]\n}\n"
    let path = try folder.write(text, to: "result.json")
    let empty = try folder.write("", to: "empty.json")
    let job = Repository.root.appendingPathComponent("Jobs/one-line").path
    func run(_ path: String) throws -> String {
      try Program(
        running: "/bin/sh", ["-c", "\"$0\" <\"$1\"", job, path], environment: ["PATH": "/usr/bin:/bin"]
      ).output
    }
    #expect(try run(path) == "{\"a\" : \"one\\ntwo  three\",\"b\" : [1]}\n")
    #expect(try run(empty) == "")
  }

  @Test("cron's line works with what cron gives it: over TLS, silent, a line of JSON for each night")
  func crontab() throws {
    let server = try TLSServer()
    try server.loadOutcomes()
    let release = try InstalledRelease()
    _ = try release.writePassword()
    let text = try InstalledRelease.schedule("crontab")
    let root = "/etc/ssl/certs/ca-certificates.crt"
    let lines = release.placed(server.address(text, root: root)).split(separator: "\n").filter { !$0.hasPrefix("#") }
    var environment = ScheduleTests.cron
    for line in lines.dropLast() {
      let sides = line.split(separator: "=", maxSplits: 1)
      environment[String(sides[0])] = String(sides[1])
    }
    let fields = try #require(lines.last).split(separator: " ", maxSplits: 5)
    let command = String(try #require(fields.last))
    #expect(fields.count == 6 && !command.contains("%"), "cron takes % as an end of line")
    for _ in 0..<2 {
      let run = try Program(running: "/bin/sh", ["-c", command], environment: environment)
      #expect(run.status == 0 && run.output == "" && run.errors == "", "\(run.errors)")
    }
    let log = try String(contentsOf: release.state.url.appendingPathComponent("nights.jsonl"), encoding: .utf8)
    let nights = try log.split(separator: "\n").map {
      try JSONDecoder().decode(Program.Result.self, from: Data($0.utf8))
    }
    #expect(nights.map(\.verdict) == ["promote", "hold"])
    environment["LABS_DATABASE_URL"]?.replace("authority.pem", with: "stranger.pem")
    let stranger = try Program(
      running: "/bin/sh", ["-c", command.replacing(" --format", with: " --connect-retry-seconds 0 --format")],
      environment: environment)
    #expect(stranger.errors.contains("certificate verify failed"))
    #expect(
      try String(contentsOf: release.state.url.appendingPathComponent("nights.jsonl"), encoding: .utf8) == log,
      "a night that failed is told on standard error, which cron mails")
  }

  @Test("the manual's address connects")
  func manual() throws {
    let server = try TLSServer()
    let release = try InstalledRelease()
    let manual = try String(contentsOf: Repository.root.appendingPathComponent("README.md"), encoding: .utf8)
    let examples = manual.matches(of: /LABS_DATABASE_URL='([^']+)'/).map { String($0.output.1) }
    #expect(!examples.isEmpty)
    for example in examples {
      let root = try #require(example.firstMatch(of: /sslrootcert=([^&]+)/)).output.1
      let address = server.address(example, root: String(root))
      #expect(address != example)
      let doctor = try Program(
        ["doctor"], environment: ["LABS_DATABASE_URL": address, "PGPASSFILE": release.writePassword()])
      #expect(doctor.output.contains("the server's certificate is verified"), "\(doctor.output)\(doctor.errors)")
    }
  }

  @Test("with one command each a researcher has a world, its replay and a page, and the benchmark's tables and plots")
  func research() throws {
    let folder = try TemporaryFolder()
    let environment = ["PATH": "/usr/bin:/bin", "LABS_BINARY": Repository.program.path]
    let jobs = Repository.root.appendingPathComponent("Jobs").path
    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
    let replay = try Program(
      running: "\(jobs)/replay", ["gaming", path("replay"), "4000", "7"], environment: environment)
    #expect(replay.status == 0 && replay.output.contains("cost-matched-mix"), "\(replay.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: path("replay")).sorted()
    #expect(files == ["catalog.json", "outcomes.csv", "page.html", "run.json", "truth.json"])
    let research = try Program(
      running: "\(jobs)/research", [path("research"), "--scenario", "drift", "--rows", "2000", "--seeds", "2"],
      environment: environment)
    #expect(research.status == 0 && research.errors.contains("nothing of production"), "\(research.errors)")
    let results = try FileManager.default.contentsOfDirectory(atPath: path("research")).sorted()
    #expect(results == ["drift.svg", "results.json", "results.md"])
  }
}
