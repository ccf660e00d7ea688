import Foundation
import Postgres
import TestSupport
import Testing

/// Disks that are full on the worker's side.
@Suite struct LimitTests {
  /// Runs the program in a shell that limits it.
  private func limited(_ night: Night, _ command: String, _ arguments: [String] = []) throws -> Program {
    try Program(
      running: "/bin/bash", ["-c", command, Repository.program.path] + arguments,
      environment: [
        "PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs", "PATH": "/usr/bin:/bin",
      ])
  }

  @Test("an artifact that does not fit is status 75, nothing is recorded and no part of it stays")
  func artifact() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let refused = try limited(
      night, "ulimit -f 4; exec \"$0\" train --cadence daily --artifacts \"$1\"", [folder.url.path])
    #expect(refused.status == 75 && refused.errors.contains(folder.url.path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
  }

  @Test("a result that cannot be written is status 75 with a word that the run stands")
  func output() throws {
    let night = try Night()
    let lost = try limited(night, "exec \"$0\" train --cadence daily >/dev/full")
    #expect(lost.status == 75 && lost.errors.contains("standard output") && lost.errors.contains("stands"))
    #expect(try night.owner().query("SELECT promoted FROM training_runs").rows == [["t"]])
    #expect(try night.isConsistent())
    for command in ["history", "show", "doctor", "settings"] {
      #expect(try limited(night, "exec \"$0\" \(command) >/dev/full").status == 75, "\(command)")
    }
  }
}
