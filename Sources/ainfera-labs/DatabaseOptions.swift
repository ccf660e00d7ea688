public import ArgumentParser
import Foundation
public import Logging
import Postgres
import Worker

/// How a command reaches the database, and what it logs.
struct DatabaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The database, as a libpq URL without a password.", valueName: "url"))
  var database: String?

  @Option(help: ArgumentHelp("A YAML file of settings.", valueName: "file"))
  var settings: String?

  @Option(
    name: .long, help: ArgumentHelp("How long a connection that fails or breaks is tried again.", valueName: "seconds"))
  var connectRetrySeconds = 60.0

  @Option(
    name: .long,
    help: ArgumentHelp("End after this time, whatever the server does; without it never.", valueName: "seconds"))
  var deadlineSeconds: Double?

  @Option(name: .long, help: "What is logged: trace, debug, info, notice, warning, error or critical.")
  var logLevel = Logger.Level.notice

  @Option(name: .long, help: "How it is logged: text or json, a line each.")
  var logFormat = OutputFormat.text

  func validate() throws {
    guard connectRetrySeconds >= 0, connectRetrySeconds <= 86_400 else {
      throw ValidationError("--connect-retry-seconds must be from 0 to 86400")
    }
    if let deadlineSeconds, !(deadlineSeconds > 0 && deadlineSeconds <= 604_800) {
      throw ValidationError("--deadline-seconds must be above 0 and at most 604800")
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
    LedgerDesk(
      connection(Interruption()), schema: try SettingsOption.read(settings).schema, logger: logger())
  }

  /// How to reach the database, ended by the interruption, which from now on takes signals and the deadline.
  func connection(_ interruption: Interruption) -> ConnectionSettings {
    interruption.install()
    if let deadlineSeconds { interruption.setDeadline(seconds: deadlineSeconds) { StandardError.fail($0) } }
    var settings = target
    settings.retrySeconds = connectRetrySeconds
    settings.isStopped = { interruption.isRequested }
    return settings
  }

  /// The database that was named, on the command line or in the environment.
  var target: ConnectionSettings {
    let target = database ?? ProcessInfo.processInfo.environment["LABS_DATABASE_URL"]
    return ConnectionSettings(target: target.flatMap { $0.isEmpty ? nil : $0 })
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
