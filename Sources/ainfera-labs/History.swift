import ArgumentParser
import Gateway
import Reports
import Worker

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the runs of the ledger, newest first.")

  @OptionGroup var database: DatabaseOptions

  @Option(help: "How many runs.")
  var limit = 20

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func validate() throws {
    guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 100000") }
  }

  func run() throws {
    do {
      let runs = try database.desk().history(limit: limit)
      try StandardOutput.print(format == .json ? JSONReport.text(runs) : LedgerText.list(runs))
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
