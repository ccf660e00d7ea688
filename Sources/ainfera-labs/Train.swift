public import ArgumentParser
import Foundation
public import Logging
import Outcomes
import Postgres
import Reports
public import Worker

extension Cadence: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a policy on the judged outcomes, replay it, and promote it if the gate passes.",
    discussion: """
      One run: select, fit, replay, gate, record. A hold is a normal night, and ends with status 0.

      The database is --database, else LABS_DATABASE_URL, else libpq's own environment (PGHOST, PGSERVICE, \
      PGPASSFILE …). Keep passwords in a password file: an address on the command line is seen by everybody.
      """)

  @Option(help: "Why the run takes place: daily, manual, or shadow, which is never promoted.")
  var cadence: Cadence

  @Flag(name: .long, help: "Evaluate and print, but write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("The database, as a libpq URL without a password.", valueName: "url"))
  var database: String?

  @Option(help: ArgumentHelp("A YAML file of settings.", valueName: "file"))
  var settings: String?

  @Option(name: .long, help: ArgumentHelp("How many days of outcomes are read (default: 30).", valueName: "days"))
  var windowDays: Double?

  @Option(help: ArgumentHelp("The folder for the policy's artifact, <version>.json.", valueName: "dir"))
  var artifacts: String?

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  @Flag(name: .long, help: "Add every estimator and interval to the text, with what each assumes.")
  var explain = false

  @Option(name: .long, help: "What is logged: trace, debug, info, notice, warning, error or critical.")
  var logLevel = Logger.Level.notice

  @Flag(name: .long, help: "Allow a ruleset other than the incumbent's to be promoted.")
  var allowRulesetChange = false

  @Flag(name: .long, help: "End with status 2 when the verdict is hold.")
  var failOnHold = false

  func run() throws {
    var logger = Logger(label: "ainfera-labs") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel
    do {
      let request = try request()
      let interruption = Interruption()
      interruption.install()
      let progress = ProgressLine()
      let report = try NightlyRun(
        request, interruption: interruption, logger: logger, progress: progress.show
      ).run()
      progress.clear()
      print(try ReportText.of(report, format: format, explain: explain))
      if failOnHold, !report.promoted { throw ExitCode(ExitStatus.held.rawValue) }
    } catch let error as ExitCode {
      throw error
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private func request() throws -> TrainingRequest {
    var values = try SettingsOption.read(settings)
    if let windowDays {
      guard windowDays > 0, windowDays <= 3650 else {
        throw RunFailure(.usage, "--window-days is \(windowDays); it must be above 0 and at most 3650")
      }
      values.selection.windowDays = windowDays
    }
    let target = database ?? ProcessInfo.processInfo.environment["LABS_DATABASE_URL"]
    return TrainingRequest(
      cadence: cadence, isDryRun: dryRun, connection: .init(target: target.flatMap { $0.isEmpty ? nil : $0 }),
      settings: values, artifacts: artifacts, allowsRulesetChange: allowRulesetChange,
      runID: UUID().uuidString.lowercased())
  }
}
