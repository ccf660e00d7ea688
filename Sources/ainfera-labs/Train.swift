public import ArgumentParser
import Foundation
import Logging
import Outcomes
import Reports
public import Worker

extension Cadence: ExpressibleByArgument {}

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a policy on the judged outcomes, replay it, and promote it if the gate passes.",
    discussion: """
      One run: select, fit, replay, gate, record. A hold is a normal night, and ends with status 0.

      The database is --database, else LABS_DATABASE_URL, else libpq's own environment (PGHOST, PGSERVICE, \
      PGPASSFILE …). Keep passwords in a password file: an address on the command line is seen by everybody, and one \
      with a password is refused there.

      The result is printed first; then the metrics are written and the command of --on-result gets it. Where it cannot \
      be printed, the run stands and the status is 74. The command gets 30 s, and no password and no \
      LABS_DATABASE_URL in its environment; then all that it started is ended.
      """)

  @Option(help: "Why the run takes place: daily, manual, or shadow, which is never promoted.")
  var cadence: Cadence

  @Flag(name: .long, help: "Evaluate and print, but write nothing.")
  var dryRun = false

  @OptionGroup var database: DatabaseOptions

  @Option(name: .long, help: ArgumentHelp("How many days of outcomes are read (default: 30).", valueName: "days"))
  var windowDays: Double?

  @Option(help: ArgumentHelp("The folder for the policy's artifact, <version>.json.", valueName: "dir"))
  var artifacts: String?

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  @Flag(name: .long, help: "Add every estimator and interval to the text, with what each assumes.")
  var explain = false

  @Option(
    name: .long,
    help: ArgumentHelp("Write the run's numbers to this file in the Prometheus text format.", valueName: "file"))
  var metricsFile: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A shell command that gets the result as JSON on its standard input; its failure never fails the run.",
      valueName: "command"))
  var onResult: String?

  @Option(
    name: .long,
    help: ArgumentHelp("How many outcomes with a value that cannot be read may be left out.", valueName: "rows"))
  var skipBad = 10

  @Flag(name: .long, help: "Allow a ruleset other than the incumbent's to be promoted.")
  var allowRulesetChange = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Allow the table of this version, which was rolled back, to be promoted again.", valueName: "version"))
  var allowRolledBack: String?

  @Flag(name: .long, help: "Allow the version to reach fewer tenants than the last promotion did.")
  var allowFewerTenants = false

  @Flag(name: .long, help: "End with status 2 when the verdict is hold.")
  var failOnHold = false

  func run() throws {
    let runID = UUID().uuidString.lowercased()
    let logger = database.logger(run: runID)
    let hook = CommandHook()
    let notifier = RunNotifier(
      metricsFile: metricsFile, cadence: cadence, command: onResult, environment: ProcessInfo.processInfo.environment,
      hook: hook,
      logger: logger, output: { StandardError.write($0) })
    let interruption = database.interruption(
      run: runID, failed: { notifier.notify(.failure($0), run: runID, status: $0.status, isUrgent: $1) },
      exiting: hook.kill)
    let result = train(runID, interruption, logger)
    let status = tell(result, runID, interruption)
    let told = interruption.count
    notifier.notify(result, run: runID, status: status) { interruption.count > told }
    if status != .ended { throw ExitCode(status.rawValue) }
  }

  /// The run, whose end is decided when this returns.
  private func train(
    _ runID: String, _ interruption: Interruption, _ logger: Logger
  ) -> Result<RunReport, RunFailure> {
    let progress = ProgressLine()
    defer { progress.clear() }
    do {
      let request = try request(runID, interruption)
      let report = try NightlyRun(
        request, interruption: interruption, logger: logger, progress: progress.show
      ).run()
      interruption.finish(failOnHold && !report.promoted ? .held : .ended)
      return .success(report)
    } catch {
      let failure = RunFailure(error)
      interruption.finish(failure.status)
      return .failure(failure)
    }
  }

  /// Prints the result, or why there is none.
  /// - Returns: the status of the process.
  private func tell(
    _ result: Result<RunReport, RunFailure>, _ runID: String, _ interruption: Interruption
  ) -> ExitStatus {
    do {
      let report = try result.get()
      let told = interruption.count
      let text = try ReportText.of(report, format: format, explain: explain)
      try StandardOutput.print(text, isOfRun: !dryRun) { interruption.count == told }
      return failOnHold && !report.promoted ? .held : .ended
    } catch {
      let failure = RunFailure(error)
      StandardError.tell(failure, run: runID)
      interruption.finish(failure.status)
      return failure.status
    }
  }

  private func request(_ runID: String, _ interruption: Interruption) throws -> TrainingRequest {
    var values = try SettingsOption.read(database.settings)
    if let windowDays {
      guard windowDays > 0, windowDays <= 3650 else {
        throw RunFailure(.usage, "--window-days is \(windowDays); it must be above 0 and at most 3650")
      }
      values.selection.windowDays = windowDays
    }
    guard skipBad >= 0 else { throw RunFailure(.usage, "--skip-bad is \(skipBad); it must be 0 or more") }
    return TrainingRequest(
      cadence: cadence, isDryRun: dryRun, connection: database.connection(interruption), settings: values,
      artifacts: artifacts, allowsRulesetChange: allowRulesetChange, allowedRolledBack: allowRolledBack,
      allowsFewerTenants: allowFewerTenants, tolerance: skipBad, runID: runID)
  }
}
