import ArgumentParser
import Foundation
import Outcomes
import Policies
import Reports
import Simulation
import Worker

struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the same fit and gate on a dataset in files, without a database.",
    discussion: """
      The outcomes are a CSV with a header or JSON lines, by the column names of routing_outcomes; created_at, \
      chosen_model_slug and judge_score are required. All sources count unless --settings names one. Vowpal Wabbit's \
      logs need no catalog: contexts become cells, actions become models. Nothing is served or recorded; the verdict is \
      that of all checks but source.
      """)

  @OptionGroup var outcomes: OutcomesOptions

  @Option(
    help: ArgumentHelp(
      "The catalog, JSON; without it, the actions of a Vowpal Wabbit log, all alike.", valueName: "file"))
  var catalog: String?

  @Option(
    help: ArgumentHelp("The truth of a simulated dataset, which is printed beside the estimates.", valueName: "file"))
  var truth: String?

  @Option(help: ArgumentHelp("The policy to compare with, an artifact; without it the priors.", valueName: "file"))
  var incumbent: String?

  @Option(help: ArgumentHelp("A YAML file of settings.", valueName: "file"))
  var settings: String?

  @Option(help: ArgumentHelp("Write the candidate's artifact to this file.", valueName: "file"))
  var policyOut: String?

  @OptionGroup var comparison: ComparisonOptions

  @Flag(name: .long, help: "Draw candidates that cannot be better from this log, and tell how often the gate errs.")
  var selfTest = false

  @Option(help: "How many candidates the self-test draws.")
  var draws = 200

  @Option(help: "The seed of the self-test, and of the log that is drawn.")
  var seed: UInt64 = 1

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  @Flag(name: .long, help: "Add every estimator and interval to the text, with what each assumes.")
  var explain = false

  @Flag(name: .long, help: "End with status 2 when the verdict is hold.")
  var failOnHold = false

  func validate() throws {
    guard catalog != nil || outcomes.file.format.hasItsOwnActions else {
      throw ValidationError("--catalog is needed, for these outcomes name no actions")
    }
    guard draws > 0 else { throw ValidationError("--draws must be above 0") }
    if selfTest, truth != nil || policyOut != nil || failOnHold || !comparison.isEmpty {
      throw ValidationError(
        "--self-test goes with none of --truth, --policy-out, --policy, --log-with and --fail-on-hold")
    }
    if comparison.logWith != nil {
      guard catalog != nil else { throw ValidationError("--log-with needs --catalog") }
      guard truth == nil else {
        throw ValidationError("--log-with already has the truth: remove --truth")
      }
      guard outcomes.isPlain else {
        throw ValidationError(
          "--log-with reads a table, so --outcomes-format, --cost-range and --skip-bad go not with it")
      }
    }
  }

  func run() throws {
    do {
      let values = try SettingsOption.read(settings, source: "any")
      let models = try (catalog.map { try DatasetFile.catalog($0) } ?? outcomes.file.actions())
        .replacing(floors: values.namedFloors, defaultFloor: values.namedDefaultFloor)
      try comparison.check(catalog: models)
      let compared = try incumbent.map { try readPolicy($0) } ?? .untrained(exploration: values.learner.exploration)
      if selfTest {
        try printSelfTest(models, compared, values)
      } else {
        try printReplay(models, compared, values)
      }
    } catch let error as ExitCode {
      throw error
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private func readPolicy(_ path: String) throws -> Policy {
    let bytes = try DatasetFile.contents(of: path)
    do {
      return try Policy(canonicalJSON: bytes)
    } catch {
      throw RunFailure(.badData, "\(path) is not the artifact of a policy: \(error)")
    }
  }

  private func printSelfTest(_ models: Catalog, _ compared: Policy, _ values: Settings) throws {
    var source = try outcomes.file.open(catalog: models, selection: values.selection)
    let survey = source.survey
    let report = try SelfTest(&source, survey: survey, catalog: models, settings: values, incumbent: compared)
      .run(draws: draws, seed: seed)
    try StandardOutput.print(format == .json ? JSONReport.text(report) : report.text)
  }

  private func printReplay(_ models: Catalog, _ compared: Policy, _ values: Settings) throws {
    let prepared = try comparison.prepare(
      outcomes, truth: truth, catalog: models, seed: seed, holdoutShare: values.selection.holdoutShare)
    let (report, candidate, skipped) = try FileReplay(
      outcomes: prepared.outcomes, catalog: models, incumbent: compared, settings: values,
      comparison: prepared.comparison
    ).run()
    for error in skipped { StandardError.note("left out: \(outcomes.outcomes): \(error)") }
    if let policyOut {
      try OutputFile.write(candidate.canonicalJSON, to: policyOut)
    }
    try StandardOutput.print(ReportText.of(report, format: format, explain: explain))
    if failOnHold, report.verdict == .hold { throw ExitCode(ExitStatus.held.rawValue) }
  }
}
