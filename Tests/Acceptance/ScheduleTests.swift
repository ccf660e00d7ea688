import Foundation
import TestSupport
import Testing

/// The scripts and schedules that run the program.
@Suite(.blocking, .timeLimit(.minutes(30))) struct ScheduleTests {
  @Test("nightly leaves an artifact and metrics and is silent on standard error, and shadow never serves")
  func scripts() throws {
    let night = try Night()
    let state = try TemporaryFolder()
    let environment = [
      "PATH": "/usr/bin:/bin", "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs",
      "LABS_BINARY": Repository.program.path, "LABS_STATE": state.url.path,
    ]
    let jobs = Repository.root.appendingPathComponent("Jobs").path
    let shadow = try Program(running: "\(jobs)/shadow", ["--format", "json"], environment: environment)
    #expect(
      try shadow.status == 0 && !shadow.result().promoted && shadow.result().would == "promote")
    let nightly = try Program(running: "\(jobs)/nightly", ["--format", "json"], environment: environment)
    let result = try nightly.result()
    #expect(nightly.status == 0 && nightly.errors == "" && result.promoted)
    let artifact = state.url.appendingPathComponent("artifacts/\(result.policy_version_to).json")
    #expect(FileManager.default.fileExists(atPath: artifact.path))
    #expect(FileManager.default.fileExists(atPath: state.url.appendingPathComponent("ainfera-labs.prom").path))
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

  @Test("systemd takes the units, and finds the service little exposed")
  func units() throws {
    let analyze = "/usr/bin/systemd-analyze"
    guard FileManager.default.fileExists(atPath: analyze) else { return }
    let folder = try TemporaryFolder()
    let schedule = Repository.root.appendingPathComponent("Jobs/schedule")
    let service = try String(contentsOf: schedule.appendingPathComponent("ainfera-labs.service"), encoding: .utf8)
    let installed = service.replacing("/opt/ainfera-labs/Jobs/nightly", with: "/bin/true")
    let paths = [
      try folder.write(installed, to: "ainfera-labs.service"),
      try folder.write(
        String(contentsOf: schedule.appendingPathComponent("ainfera-labs.timer"), encoding: .utf8),
        to: "ainfera-labs.timer"),
    ]
    let verified = try Program(running: analyze, ["verify"] + paths, environment: ["PATH": "/usr/bin:/bin"])
    #expect(verified.status == 0 && !verified.errors.contains("ainfera-labs"), "\(verified.errors)")
    let secure = try Program(
      running: analyze, ["security", "--offline=yes", "--threshold=20", paths[0]],
      environment: ["PATH": "/usr/bin:/bin"])
    #expect(secure.status == 0, "\(secure.output.suffix(200))")
  }
}
