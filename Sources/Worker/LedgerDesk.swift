internal import Foundation
public import Gateway
public import Logging
internal import Policies
public import Postgres
internal import Replay

/// What people do with the ledger beside runs: look at it, and go back.
public struct LedgerDesk {
  private let connection: ConnectionSettings
  private let schema: String
  private let interruption: Interruption
  private let logger: Logger

  /// Opens the desk.
  public init(_ connection: ConnectionSettings, schema: String, interruption: Interruption, logger: Logger) {
    self.connection = connection
    self.schema = schema
    self.interruption = interruption
    self.logger = logger
  }

  /// The newest runs, newest first.
  /// - Throws: `RunFailure`.
  public func history(limit: Int) throws(RunFailure) -> [LedgerEntry] {
    try attempt { try look(Preflight.history) { connection, ledger in try ledger.entries(connection, limit: limit) } }
  }

  /// A version, or the one that serves, with its policy.
  /// - Throws: `RunFailure` with status 65 where there is none, or where the table of a promoted run is not what its version
  ///   says.
  public func show(_ version: String?) throws(RunFailure) -> LedgerPolicy {
    try attempt {
      let found = try look(Preflight.history) { connection, ledger -> LedgerPolicy? in
        guard let entry = try ledger.run(connection, version: version, isPromoted: false) else { return nil }
        return try ledger.policy(connection, of: entry, isTarget: false)
      }
      guard let found else {
        throw RunFailure(
          .badData,
          version.map { "no run made version \($0); `history` lists the versions" }
            ?? "no run was promoted yet; `history` lists the runs")
      }
      return found
    }
  }

  /// Moves every tenant back to a version that was once promoted.
  /// - Parameters:
  ///   - artifacts: a folder in which the version's artifact, where there is one, must match its hash.
  ///   - allowsFewerTenants: whether it may reach fewer tenants than the last promotion did.
  /// - Returns: the run, as recorded, and whether it was promoted.
  /// - Throws: `RunFailure` with status 65 where the version was never promoted, serves already, or its table or artifact
  ///   is not what its hash says; with 78 where there is no such folder.
  public func rollBack(
    to version: String, artifacts: String?, allowsFewerTenants: Bool
  ) throws(RunFailure) -> RollbackReport {
    try attempt {
      let artifact = try artifacts.map { try checkArtifact(in: $0, version: version) }
      let (target, serving, gateway) = try look(Preflight.rollback) { connection, ledger in
        try self.target(version, connection, ledger)
      }
      let recording = try record {
        try gateway.rollBack(to: target, runID: $0, serving: serving, allowsFewerTenants: allowsFewerTenants)
      }
      return RollbackReport(
        runId: recording.run.id, promoted: recording.run.promoted, reason: recording.run.reason,
        policyVersionFrom: recording.run.versionFrom, policyVersionTo: recording.run.versionTo,
        tenantsMoved: recording.tenantsMoved, artifact: artifact)
    }
  }

  private func target(
    _ version: String, _ connection: borrowing Connection, _ ledger: Ledger
  ) throws -> (target: LedgerPolicy, serving: String, ledger: Ledger) {
    guard let entry = try ledger.run(connection, version: version, isPromoted: true) else {
      throw RunFailure(.badData, "version \(version) was never promoted; `history` lists the versions")
    }
    let serving = try ledger.run(connection, version: nil, isPromoted: true)?.policyVersionTo ?? ""
    guard serving != version else { throw RunFailure(.badData, "version \(version) serves already") }
    return (try ledger.policy(connection, of: entry, isTarget: true), serving, ledger)
  }

  /// Lets promotions go on after a rollback.
  /// - Returns: the run, as recorded, and the rollback that it answers; nil where nothing is paused.
  /// - Throws: `RunFailure`.
  public func resume() throws(RunFailure) -> ResumeReport? {
    try attempt {
      let (pause, serving, gateway) = try look(Preflight.resumption) { connection, ledger in
        (
          try ledger.pause(connection), try ledger.run(connection, version: nil, isPromoted: true), ledger
        )
      }
      guard let pause, let serving else { return nil }
      let recording = try record { try gateway.resume(serving: serving, runID: $0) }
      return ResumeReport(
        runId: recording.run.id, rolledBackAt: pause.since, rolledBackFrom: pause.from,
        policyVersion: serving.policyVersionTo)
    }
  }

  private func checkArtifact(in folder: String, version: String) throws -> RollbackReport.Artifact {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw RunFailure(.settings, "there is no folder \(folder) of artifacts; correct --artifacts, or leave it out")
    }
    let path = "\(folder)/\(version).json"
    guard FileManager.default.fileExists(atPath: path) else { return .absent }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard try FileManager.default.attributesOfItem(atPath: target)[.type] as? FileAttributeType == .typeRegular else {
      throw RunFailure(.badData, "the artifact \(path) is not a regular file; restore the file first")
    }
    let hash = try Policy.shortHash(of: DatasetFile.chunks(of: path))
    guard version.hasSuffix("+\(hash)") else {
      throw RunFailure(
        .badData, "the artifact \(path) has the hash \(hash), which is not its version's; restore the file first")
    }
    return .matches
  }

  /// - Parameter body: records a run under the identifier that it gets.
  private func record(_ body: (String) throws -> Recording) throws -> Recording {
    let run = UUID().uuidString.lowercased()
    return try interruption.recording(run) { try body(run) }
  }

  private func look<Result>(
    _ uses: [Preflight.Use], _ body: (borrowing Connection, Ledger) throws -> Result
  ) throws -> Result {
    let opened = try Connection.open(connection, logger: logger)
    interruption.watch(opened.canceller)
    defer { interruption.watch(nil) }
    return try opened.transaction("BEGIN READ ONLY") { opened in
      let found = try Preflight(schema: schema, uses: uses).run(opened)
      if uses.contains(where: \.isWrite), let refusal = try WriteRefusal.find(opened) {
        throw GatewayError.writesRefused(refusal)
      }
      return try body(opened, Ledger(schema: found, settings: connection, logger: logger))
    }
  }

  private func attempt<Result>(_ body: () throws -> Result) throws(RunFailure) -> Result {
    do {
      return try body()
    } catch {
      throw interruption.failure(of: error)
    }
  }
}
