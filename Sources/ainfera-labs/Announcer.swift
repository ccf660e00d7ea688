import Foundation
import Logging
import Reports
import Worker

/// Tells the world of a run: a metrics file and a command. Neither can fail the run.
struct Announcer {
  private static let commandSeconds = 30.0

  let metricsFile: String?
  let cadence: Cadence
  let command: String?
  let logger: Logger

  func announce(_ report: RunReport) {
    if let metricsFile {
      write(PrometheusText.text(report, now: Date().timeIntervalSince1970, exitStatus: 0), to: metricsFile)
    }
    if command != nil, let json = try? JSONReport.text(report) { give(json) }
  }

  func announce(_ failure: RunFailure, runID: String) {
    let report = FailureReport(runId: runID, error: failure.description, exitStatus: failure.status.rawValue)
    if let metricsFile {
      let last = FileManager.default.contents(atPath: metricsFile).map { String(decoding: $0, as: UTF8.self) }
      write(
        PrometheusText.text(
          failedAt: Date().timeIntervalSince1970, exitStatus: failure.status.rawValue,
          cadence: cadence.rawValue, previous: last ?? ""),
        to: metricsFile)
    }
    if command != nil, let json = try? JSONReport.text(report) { give(json) }
  }

  private func write(_ text: String, to path: String) {
    do {
      // By a rename, so that a collector never reads half a file.
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      logger.warning("the metrics cannot be written to \(path): \(error.localizedDescription)")
    }
  }

  private func give(_ json: String) {
    guard let command else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    let input = Pipe()
    process.standardInput = input
    process.standardOutput = FileHandle.standardError
    signal(SIGPIPE, SIG_IGN)
    do {
      try process.run()
      DispatchQueue.global().async {
        try? input.fileHandleForWriting.write(contentsOf: Data(json.utf8))
        try? input.fileHandleForWriting.close()
      }
      waitOrEnd(process)
      if process.terminationStatus != 0 { logger.warning("--on-result ended with status \(process.terminationStatus)") }
    } catch {
      logger.warning("--on-result cannot be started: \(error.localizedDescription)")
    }
  }

  private func waitOrEnd(_ process: Process) {
    let end = Date().addingTimeInterval(Announcer.commandSeconds)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning {
      logger.warning("--on-result did not end within \(Int(Announcer.commandSeconds)) s and was ended")
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
  }
}
