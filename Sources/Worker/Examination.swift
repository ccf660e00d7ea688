internal import Foundation
public import Gateway
internal import Glibc
public import Logging
internal import Outcomes
public import Postgres
internal import Replay

/// What would go wrong tonight, from the connection to the room for artifacts.
public struct Examination: Encodable {
  private static let leastRoom = 256.0 * 1_048_576

  /// What was found, in the order in which a run would meet it.
  public let findings: [Finding]
  /// 0, or that of the first failure.
  public let exitStatus: Int32

  /// Examines.
  /// - Parameter artifacts: the folder for artifacts, where there is one.
  public init(_ connection: ConnectionSettings, settings: Settings, artifacts: String?, logger: Logger) {
    var findings: [Finding] = []
    do {
      let opened = try Connection.open(connection, logger: logger)
      findings.append(Finding("connection", .ok, "made"))
      let doctor = Doctor(
        schema: settings.schema, selection: settings.selection, learner: settings.learner,
        floors: (settings.floors, settings.defaultFloor), anchorDays: settings.thresholds.anchorDays,
        clock: Date().timeIntervalSince1970, connection: connection, logger: logger,
        exitStatus: { RunFailure($0).status.rawValue })
      findings += doctor.examine(opened)
    } catch {
      let failure = RunFailure(error)
      findings.append(Finding("connection", .fail, failure.description, exitStatus: failure.status.rawValue))
    }
    if let artifacts { findings.append(Examination.room(artifacts)) }
    self.findings = findings
    exitStatus = findings.first { $0.level == .fail }?.exitStatus ?? 0
  }

  private static func room(_ folder: String) -> Finding {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, access(folder, W_OK) == 0 else {
      return Finding(
        "artifacts", .fail, "\(folder) cannot be written to: \(String(cString: strerror(errno)))",
        cure: .advice("create the folder, and let the worker's account write there"),
        exitStatus: ExitStatus.tryAgain.rawValue)
    }
    let room = Double(status.f_bavail) * Double(status.f_frsize)
    let isEnough = room >= leastRoom
    return Finding(
      "artifacts", isEnough ? .ok : .warn, "\((room / 1_048_576).decimals(0)) MiB free in \(folder)",
      cure: isEnough ? nil : .advice("make room; an artifact that cannot be written ends the run"))
  }
}
