import Foundation
import Postgres
import TestSupport
import Testing

/// Disks that are full, on the worker's side and on the server's.
@Suite(.blocking, .timeLimit(.minutes(30))) struct LimitTests {
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

  @Test("a server whose disk is full is status 75, nothing is recorded, and with room again the run goes through")
  func serverDisk() throws {
    let night = try Night()
    let owner = try night.owner()
    // The ledger is still empty, and the file that it would grow in is on a device without room.
    let path = try owner.query(
      "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('training_runs')"
    ).scalar
    let file = try #require(path)
    try owner.query("CHECKPOINT")
    try FileManager.default.moveItem(atPath: file, toPath: "\(file).kept")
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
    let refused = try night.train()
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.moveItem(atPath: "\(file).kept", toPath: file)
    #expect(refused.status == 75 && refused.errors.contains("SQLSTATE 53100"), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(try night.owner().query("SELECT count(*) FROM training_runs").scalar == "0")
    #expect(
      try night.owner().query(
        "SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL"
      ).scalar == "0")
    #expect(try night.train().result().promoted)
  }

  @Test("a worker whose clock is wrong by years sees the same window and decides the same", arguments: ["-9y", "+9y"])
  func wrongClock(shift: String) throws {
    let night = try Night()
    let right = try night.train(["--dry-run"]).result()
    let wrong = try limited(
      night, "exec faketime -f \"$1\" \"$0\" train --cadence daily --format json --dry-run", [shift])
    #expect(wrong.status == 0, "\(wrong.errors)")
    let result = try wrong.result()
    #expect(result.policy_version_to == right.policy_version_to)
    #expect(result.outcomes.training == right.outcomes.training)
    #expect(result.checks.map(\.observed) == right.checks.map(\.observed))
  }
}
