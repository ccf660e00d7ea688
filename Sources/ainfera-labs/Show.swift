import ArgumentParser
import Worker

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a policy of the ledger: its run and its table.",
    discussion: """
      Without a version, the one that serves. --format json has per_cell as the ledger keeps it, and beside it the whole \
      policy where per_cell has only the changed cells of a large one. Of a run that was held only the changed cells are \
      kept.
      """)

  @Argument(help: "The version, as `history` lists it.")
  var version: String?

  @OptionGroup var database: DatabaseOptions

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      let found = try database.desk().show(version)
      try StandardOutput.print(format == .json ? LedgerText.json(found) : LedgerText.policy(found))
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
