import Foundation
import Postgres
import TestSupport
import Testing

/// What a run tells the world beside its result.
@Suite(.blocking, .timeLimit(.minutes(30))) struct TellingTests {
  @Test("metrics are a file that a collector can read, and a failed run keeps the time of the last success")
  func metrics() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("labs.prom").path
    #expect(try night.train(["--metrics-file", path]).status == 0)
    func metrics() throws -> [String: Double] {
      var result: [String: Double] = [:]
      for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
        let place = try #require(line.lastIndex(of: " "))
        #expect(line.contains("cadence=\"daily\""), "a collector takes no two files with the same series")
        let name = line[..<place].replacing("{cadence=\"daily\"}", with: "").replacing("cadence=\"daily\",", with: "")
        result[String(name)] = Double(line[line.index(after: place)...])
      }
      return result
    }
    let first = try metrics()
    #expect(first["ainfera_labs_promoted"] == 1 && first["ainfera_labs_last_exit_status"] == 0)
    #expect(first["ainfera_labs_outcomes{step=\"training\"}"] == 14_000)
    #expect((first["ainfera_labs_lift{bound=\"lower\",quantity=\"done\"}"] ?? 0) > 0.03)
    #expect(first["ainfera_labs_check_passed{check=\"better\"}"] == 1)
    #expect((first["ainfera_labs_resident_peak_bytes"] ?? 0) > 1e6)
    try night.owner().query("REVOKE SELECT ON models FROM ainfera_labs")
    #expect(try night.train(["--metrics-file", path]).status == 77)
    let second = try metrics()
    #expect(second["ainfera_labs_last_exit_status"] == 77)
    let success = "ainfera_labs_last_success_timestamp_seconds"
    #expect(second[success] == first[success])
    let run = "ainfera_labs_last_run_timestamp_seconds"
    #expect((second[run] ?? 0) > (first[run] ?? 0))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["labs.prom"])
  }

  @Test("the hook gets the result, and neither it nor the metrics can fail the run")
  func hook() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("result.json").path
    let told = try night.train(["--on-result", "cat > '\(path)'; echo noise"])
    #expect(told.status == 0)
    let given = try JSONDecoder().decode(Program.Result.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try given.run_id == told.result().run_id)
    let deaf = try night.train(["--on-result", "exit 7", "--metrics-file", "/nonexistent/labs.prom"])
    #expect(try deaf.status == 0 && deaf.result().verdict == "hold")
    #expect(deaf.errors.contains("status 7") && deaf.errors.contains("/nonexistent/labs.prom"))
    try night.owner().query("REVOKE SELECT ON models FROM ainfera_labs")
    let failed = try night.train(["--on-result", "cat > '\(path)'"])
    #expect(failed.status == 77)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"verdict\" : \"failed\"") && text.contains("\"exit_status\" : 77"))
  }

  @Test("each log line is JSON with the run's identifier, and control characters cannot forge one")
  func logs() throws {
    let night = try Night()
    try night.owner().query("UPDATE models SET slug = E'evil\\n\\x1b[31mname' WHERE slug = 'alder-nano'")
    let program = try night.train(["--log-format", "json", "--log-level", "debug"])
    let result = try program.result()
    let lines = program.errors.split(separator: "\n")
    #expect(lines.count > 10)
    for line in lines {
      let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
      #expect(fields["run"] == result.run_id && fields["level"] != nil && fields["time"] != nil)
    }
    let text = try night.train(["--log-level", "debug", "--dry-run"])
    #expect(!text.errors.contains("\u{1b}") && text.errors.contains("\\u{1b}[31mname"))
    #expect(text.errors.split(separator: "\n").allSatisfy { $0.contains(" run=") })
  }

  @Test("settings are printed with where each came from, and no secret")
  func settings() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("done_gain: 0.01\n", to: "settings.yaml")
    let program = try Program(
      ["settings", "--settings", path],
      environment: ["LABS_DATABASE_URL": "postgresql://labs:planted@db/gateway?sslmode=verify-full"])
    #expect(program.status == 0 && !program.output.contains("planted"))
    let lines = program.output.split(separator: "\n")
    #expect(lines.first?.contains("password=***") == true && lines.first?.hasSuffix("(LABS_DATABASE_URL)") == true)
    #expect(lines.contains { $0.hasPrefix("done_gain") && $0.hasSuffix("0.01  (\(path))") })
    #expect(lines.contains { $0.hasPrefix("done_tolerance") && $0.hasSuffix("0.005  (default)") })
    #expect(try Program(["settings", "--settings", "/nonexistent"]).status == 78)
  }
}
