import ArgumentParser
import Foundation
import Research
import Worker

struct CheckPublicCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-public",
    abstract: "Fail on any file of a public tree that is not known to be free of production data.",
    discussion: """
      A file passes if its name and its content agree on a known format (source code, scripts, SQL without rows, Markdown, \
      YAML, JSON, JSON lines, CSV, Vowpal Wabbit, pages and plots of `report` and `research`, schedules, licences; data \
      also in gzip), all of it can be read, and every column and key is known. Any other file fails: name it with --allow if \
      it may be published. Identifiers that do not say that they are made up (????????-0000-4000-8000-????????????) and are \
      not named as a run's, passwords and encoded data fail in every format. The history of a git repository is looked \
      through too. Values are never shown.

      Examples:
        ainfera-labs check-public research-results
        ainfera-labs check-public . --allow Documentation/logo.png
      """)

  @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
  var paths: [String]

  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp(
      "A file that may be published whatever it holds, now and in the history; may be given several times.",
      valueName: "path"))
  var allowed: [String] = []

  func run() throws {
    do {
      let findings = try ProductionDataScanner(allowed: allowed).findings(in: paths)
      if findings.isEmpty { return }
      try StandardOutput.print(findings.map { StandardError.escaped($0.description) }.joined(separator: "\n"))
      let files = Set(findings.map(\.path)).count
      throw RunFailure(
        .badData,
        "\(files) \(files == 1 ? "file" : "files") must not be published; take out what belongs to production, or name a file that may be published with --allow"
      )
    } catch let error as ReleaseScanError {
      let status: ExitStatus = if case .missing = error { .badData } else { .usage }
      StandardError.fail(RunFailure(status, "\(error)"))
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
