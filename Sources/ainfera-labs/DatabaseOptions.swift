public import ArgumentParser
import Foundation
public import Logging
import Postgres
import Worker

/// How a command reaches the database, and what it logs.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database, as a libpq URL or keyword=value text without a password.", valueName: "url"))
  var database: String?

  @Option(help: ArgumentHelp("A YAML file of settings.", valueName: "file"))
  var settings: String?

  @Option(
    name: .long, help: ArgumentHelp("How long a connection that fails or breaks is tried again.", valueName: "seconds"))
  var connectRetrySeconds = 60.0

  @Option(
    name: .long,
    help: ArgumentHelp("End after this time, whatever the server does; 0 is never.", valueName: "seconds"))
  var deadlineSeconds = 3600.0

  @Option(name: .long, help: "What is logged: trace, debug, info, notice, warning, error or critical.")
  var logLevel = Logger.Level.notice

  @Option(name: .long, help: "How it is logged: text or json, a line each.")
  var logFormat = OutputFormat.text

  func validate() throws {
    guard connectRetrySeconds >= 0, connectRetrySeconds <= 86_400 else {
      throw ValidationError("--connect-retry-seconds must be from 0 to 86400")
    }
    guard deadlineSeconds >= 0, deadlineSeconds <= 604_800 else {
      throw ValidationError("--deadline-seconds must be from 0 (no deadline) to 604800")
    }
    if let database { try DatabaseOptions.check(database) }
  }

  /// What is on the command line is seen by everybody on the machine, and what cannot be read may hold a password: so
  /// neither is used, nor shown.
  private static func check(_ database: String) throws {
    guard !database.isEmpty else { return }
    guard let target = ConnectionTarget(database) else {
      throw ValidationError(
        "--database \(ConnectionTarget.unreadable); it is not shown, for it may hold a password")
    }
    guard !target.hasPassword else {
      throw ValidationError(
        "--database holds a password, which everybody on this machine could read; put it into a password file "
          + "(PGPASSFILE or ~/.pgpass, mode 0600), or the whole address into the environment as LABS_DATABASE_URL")
    }
  }

  /// The logger of a run.
  func logger(run: String? = nil) -> Logger {
    var logger = Logger(label: "ainfera-labs") { _ in LineLogHandler(format: logFormat) }
    logger.logLevel = logLevel
    if let run { logger[metadataKey: "run"] = "\(run)" }
    return logger
  }

  /// The ledger, for people.
  func desk() throws -> LedgerDesk {
    let interruption = interruption()
    return LedgerDesk(
      connection(interruption), schema: try SettingsOption.read(settings).schema, interruption: interruption,
      logger: logger())
  }

  /// What ends a command that waits for something that does not come; from now on it takes signals and the deadline.
  /// - Parameter failed: tells of the failure, beside a line on standard error, before the process ends.
  /// - Parameter exiting: called before the process ends without a word.
  func interruption(
    run: String? = nil, failed: @escaping @Sendable (RunFailure, _ isUrgent: Bool) -> Void = { _, _ in },
    exiting: @escaping @Sendable () -> Void = {}
  ) -> Interruption {
    // The main thread may hold any lock, so that what `exit` runs at the end might wait for it.
    let interruption = Interruption(
      Interruption.Ends(
        failed: { failure, isUrgent in
          StandardError.tell(failure, run: run)
          failed(failure, isUrgent)
          _exit(failure.status.rawValue)
        },
        exit: { status in
          exiting()
          _exit(status.rawValue)
        }))
    interruption.install()
    if deadlineSeconds > 0 { interruption.setDeadline(seconds: deadlineSeconds) }
    return interruption
  }

  /// How to reach the database, until the interruption.
  func connection(_ interruption: Interruption) -> ConnectionSettings {
    var settings = target
    settings.retrySeconds = connectRetrySeconds
    settings.isStopped = { interruption.isRequested }
    settings.mayCommit = { interruption.mayCommit() }
    return settings
  }

  /// The database that was named, on the command line or in the environment.
  var target: ConnectionSettings {
    let target = database ?? ProcessInfo.processInfo.environment["LABS_DATABASE_URL"]
    return ConnectionSettings(target: target.flatMap { $0.isEmpty ? nil : $0 })
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
