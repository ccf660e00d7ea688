internal import Foundation
package import Logging
package import Reports

/// Tells the world how a run ended, once: a metrics file and a command. Neither can change how it ended.
package struct RunNotifier: Sendable {
  private static let commandSeconds = 30
  private static let metricsPermissions: UInt32 = 0o644
  /// What a command has no need of: secrets, and the address that may hold one.
  private static let secretVariables = ["LABS_DATABASE_URL", "PGPASSWORD", "PGSSLPASSWORD"]

  private let metricsFile: String?
  private let cadence: Cadence
  private let command: String?
  private let environment: [String: String]
  private let hook: CommandHook
  private let logger: Logger
  private let output: @Sendable ([UInt8]) -> Void

  /// Makes a notifier.
  /// - Parameter environment: the command's, from which secrets are taken out.
  /// - Parameter hook: runs the command, so that another thread can end it.
  /// - Parameter output: gets what the command prints.
  package init(
    metricsFile: String?, cadence: Cadence, command: String?, environment: [String: String], hook: CommandHook,
    logger: Logger,
    output: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.metricsFile = metricsFile
    self.cadence = cadence
    self.command = command
    self.environment = environment.filter { !RunNotifier.secretVariables.contains($0.key) }
    self.hook = hook
    self.logger = logger
    self.output = output
  }

  /// Tells how a run ended.
  /// - Parameter status: that of the process.
  /// - Parameter isUrgent: whether there is no time for the command.
  /// - Parameter isStopped: asked whether to end the command before its time.
  package func notify(
    _ result: Result<RunReport, RunFailure>, run: String, status: ExitStatus, isUrgent: Bool = false,
    isStopped: () -> Bool = { false }
  ) {
    let now = Date().timeIntervalSince1970
    switch result {
    case .success(let report):
      writeMetrics { _ in PrometheusText.text(report, now: now, exitStatus: status.rawValue) }
      give(report, isStopped)
    case .failure(let failure):
      writeMetrics {
        PrometheusText.text(
          failedAt: now, exitStatus: status.rawValue, cadence: cadence.rawValue, previous: $0)
      }
      if isUrgent { return }
      give(FailureReport(runId: run, error: failure.description, exitStatus: status.rawValue), isStopped)
    }
  }

  /// - Parameter text: makes the file's text of what stands there now.
  private func writeMetrics(_ text: (String) -> String) {
    guard let path = metricsFile else { return }
    do throws(AtomicFile.Failure) {
      var previous: String?
      // What is no regular file is not even read, for a pipe would keep us.
      if try AtomicFile.isRegularOrMissing(path) {
        previous = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
      }
      try AtomicFile.write(Array(text(previous ?? "").utf8), to: path, permissions: RunNotifier.metricsPermissions)
    } catch {
      logger.warning("the metrics cannot be written to \(path): \(error)")
    }
  }

  private func give(_ report: some Encodable, _ isStopped: () -> Bool) {
    guard let command else { return }
    do {
      let json = try JSONReport.text(report)
      let ending = try hook.run(
        command, input: Array(json.utf8), environment: environment, limit: .seconds(RunNotifier.commandSeconds),
        isStopped: isStopped, output: output)
      if let warning = RunNotifier.warning(ending) { logger.warning("\(warning)") }
    } catch let error as CommandHook.Failure {
      logger.warning("--on-result cannot be started: \(error)")
    } catch {
      logger.error("--on-result was not started, for the result cannot be encoded as JSON: \(error)")
    }
  }

  private static func warning(_ ending: CommandHook.Ending) -> String? {
    switch ending {
    case .exited(0): nil
    case .exited(let status): "--on-result ended with status \(status)"
    case .signalled(let number): "--on-result was ended by signal \(number)"
    case .outOfTime: "--on-result did not end within \(commandSeconds) s and was ended"
    case .stopped: "--on-result was ended, for the program was told to end"
    }
  }
}
