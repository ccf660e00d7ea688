import Foundation
import Postgres
import TestSupport
import Testing

/// What is left when a run ends at a point of its way: each point is one at which a lock of the test holds it.
@Suite(.blocking, .timeLimit(.minutes(30))) struct CrashTests {
  enum Point: String, CaseIterable, CustomTestStringConvertible {
    case reading, ledgerLock, afterInsert, commit

    var testDescription: String { rawValue }

    /// What holds a run here; a COMMIT is held by a standby that there is not.
    var statements: [String] {
      switch self {
      case .reading: ["BEGIN", "LOCK TABLE routing_outcomes IN ACCESS EXCLUSIVE MODE"]
      case .ledgerLock: ["BEGIN", "SELECT pg_advisory_xact_lock(\(0x6c61_6273))"]
      case .afterInsert: ["BEGIN", "LOCK TABLE tenant_routing_policies IN SHARE MODE"]
      case .commit: []
      }
    }

    var waitEvent: String {
      switch self {
      case .reading, .afterInsert: "relation"
      case .ledgerLock: "advisory"
      case .commit: "SyncRep"
      }
    }
  }

  enum End: CaseIterable {
    case kill, terminate, interrupt, twice, backend

    static let tried = Scale.isFull ? allCases : [.kill, .terminate, .backend]
  }

  /// Brings a run to a point, ends it there, and lets go.
  private func end(_ night: Night, at point: Point, by way: End) async throws -> Program {
    let admin = try night.server.owner("postgres")
    if point == .commit { try admin.query("ALTER DATABASE \(night.database) SET synchronous_commit = on") }
    let holder = try night.owner()
    for statement in point.statements { try holder.query(statement) }
    let program = try night.start(["--connect-retry-seconds", "0"])
    let identifier = program.identifier
    let waiting =
      "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs' "
      + "AND wait_event = '\(point.waitEvent)'"
    let backend = try #require(try night.wait(for: waiting))
    switch way {
    case .kill: kill(identifier, SIGKILL)
    case .terminate: kill(identifier, SIGTERM)
    case .interrupt: kill(identifier, SIGINT)
    case .twice:
      kill(identifier, SIGTERM)
      kill(identifier, SIGINT)
    case .backend: try admin.query("SELECT pg_terminate_backend($1::int)", [backend])
    }
    if way == .kill {
      let ended = try await program.finish()
      try letGo(night, point, holder, admin)
      return ended
    }
    // The signal has come; what it finds at COMMIT is an answer that is still owed.
    try await Task.sleep(for: .milliseconds(300))
    try letGo(night, point, holder, admin)
    return try await program.finish()
  }

  private func letGo(
    _ night: Night, _ point: Point, _ holder: borrowing Connection, _ admin: borrowing Connection
  ) throws {
    if point == .commit {
      try admin.query("ALTER DATABASE \(night.database) RESET synchronous_commit")
      try admin.query(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'SyncRep'",
        [night.database])
    } else {
      try holder.query("ROLLBACK")
    }
  }

  @Test(
    "wherever a run ends, what is left is consistent and clean, and the next run is as if it had not been",
    arguments: Point.allCases, End.tried)
  func ends(point: Point, way: End) async throws {
    let night = try Night()
    let ended = try await end(night, at: point, by: way)
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'"
    let gone = try night.wait(until: backends, is: "0")
    #expect(gone, "a backend of ours is left")
    let promoted = try night.owner().query("SELECT count(*) FROM training_runs WHERE promoted").scalar
    let moved = try night.owner().query(
      "SELECT count(*) FROM tenant_routing_policies WHERE active_policy_version IS NOT NULL"
    ).scalar
    #expect((promoted == "1" && moved == "4") || (promoted == "0" && moved == "0"))
    if way != .kill {
      if ended.status == 0 {
        #expect(try ended.result().promoted == (promoted == "1"))
      } else {
        #expect(ended.status == 75 && ended.output == "" && promoted == "0", "\(ended.errors)")
        #expect(ended.errors.split(separator: "\n").filter { $0.hasPrefix("ainfera-labs: ") }.count == 1)
      }
    }
    let next = try night.train()
    #expect(next.status == 0)
    #expect(try next.result().promoted == (promoted == "0"))
    #expect(try night.isConsistent())
  }
}
