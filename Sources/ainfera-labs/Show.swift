import ArgumentParser
import Worker

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a policy of the ledger: its run and its table.",
    discussion: "Without a version, the one that serves. --format json has the whole table.")

  @Argument(help: "The version, as `history` lists it.")
  var version: String?

  @OptionGroup var database: DatabaseOptions

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      let (entry, perCell) = try database.desk().show(version)
      try StandardOutput.print(
        format == .json ? LedgerText.json(entry, perCell: perCell) : LedgerText.policy(entry, perCell: perCell))
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
