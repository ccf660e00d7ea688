import ArgumentParser
import Foundation
import Gateway
import Reports
import Worker

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one self-contained HTML page of a run.",
    discussion: """
      The run is what `train --format json` or `replay --format json` printed, from a file or on standard input; so \
      `train --on-result 'ainfera-labs report --out page.html'` makes a page each night.
      """)

  @Argument(help: ArgumentHelp("The run's JSON (default: standard input).", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The page.", valueName: "file"))
  var out: String

  @Flag(help: "Read the ledger too, for the lift run by run.")
  var ledger = false

  @Option(help: "How many runs of the ledger are shown.")
  var limit = 90

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 100000") }
  }

  func run() throws {
    do {
      let report = try read()
      let page = RunPage(report, ledger: ledger ? try points() : [])
      try OutputFile.write(Array(page.html.utf8), to: out)
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private func read() throws -> RunReport {
    let bytes =
      try file.map { try DatasetFile.contents(of: $0) } ?? [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    do {
      return try JSONReport.run(bytes)
    } catch {
      throw RunFailure(
        .badData, "\(file ?? "standard input") is not what `train --format json` or `replay --format json` prints")
    }
  }

  private func points() throws -> [LedgerPoint] {
    try database.desk().history(limit: limit).reversed().compactMap { entry in
      entry.deltaDoneRate.map { LedgerPoint(instant: entry.runAt, doneLift: $0, isPromoted: entry.promoted) }
    }
  }
}
