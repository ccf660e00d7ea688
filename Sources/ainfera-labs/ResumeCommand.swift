import ArgumentParser
import Reports
import Worker

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let promotions go on after a rollback.",
    discussion: """
      After a rollback every night holds on the check `paused`. `resume` records in the ledger that a person has looked \
      and lets promotions go on. The table that was rolled back is still not promoted again, unless \
      `train --allow-rolled-back VERSION` names it.
      """)

  @OptionGroup var database: DatabaseOptions

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      guard let result = try database.desk().resume() else {
        try StandardOutput.print(
          format == .json ? "{\n  \"resumed\" : false\n}" : "nothing to resume: no rollback is open")
        return
      }
      try StandardOutput.print(
        format == .json
          ? JSONReport.text(result)
          : "resumed after the rollback from \(result.rolledBackFrom) on \(result.rolledBackAt); "
            + "\(result.policyVersion) serves; run \(result.runId)", isOfRun: true)
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
