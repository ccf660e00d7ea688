import ArgumentParser
import Reports
import Worker

struct Rollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Move every tenant back to a version that was once promoted.",
    discussion: """
      A rollback is itself a run in the ledger: manual, promoted, with the reason `rollback`. It can be rolled back. \
      From then on nothing is promoted until `ainfera-labs resume`.
      """)

  @Option(name: .customLong("to"), help: "The version, as `history` lists it.")
  var version: String

  @OptionGroup var database: DatabaseOptions

  @Option(
    help: ArgumentHelp("A folder of artifacts; where it has the version's, that must match its hash.", valueName: "dir")
  )
  var artifacts: String?

  @Flag(name: .long, help: "Allow the version to reach fewer tenants than the last promotion did.")
  var allowFewerTenants = false

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      let result = try database.desk().rollBack(
        to: version, artifacts: artifacts, allowsFewerTenants: allowFewerTenants)
      if format == .json {
        try StandardOutput.print(JSONReport.text(result), isOfRun: true)
      } else {
        try StandardOutput.print(
          result.promoted
            ? "\(result.policyVersionTo) serves every tenant; before it \(result.policyVersionFrom) did; run \(result.runId)\n"
              + "nothing is promoted until `ainfera-labs resume`"
            : "not rolled back: \(result.reason)", isOfRun: true)
      }
      if !result.promoted { throw ExitCode(ExitStatus.tryAgain.rawValue) }
    } catch let error as ExitCode {
      throw error
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
