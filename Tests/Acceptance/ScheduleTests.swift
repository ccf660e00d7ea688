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
      try shadow.status == 0 && !shadow.result().promoted && shadow.result().reason.hasPrefix("cadence: a shadow"))
    let nightly = try Program(running: "\(jobs)/nightly", ["--format", "json"], environment: environment)
    let result = try nightly.result()
    #expect(nightly.status == 0 && nightly.errors == "" && result.promoted)
    let artifact = state.url.appendingPathComponent("artifacts/\(result.policy_version_to).json")
    #expect(FileManager.default.fileExists(atPath: artifact.path))
    #expect(FileManager.default.fileExists(atPath: state.url.appendingPathComponent("ainfera-labs.prom").path))
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
