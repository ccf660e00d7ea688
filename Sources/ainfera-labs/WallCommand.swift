import ArgumentParser
import Foundation
import Worker

struct WallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wall",
    abstract: "Fail on any file of a public tree that holds what belongs to production.",
    discussion: """
      That is: rows whose source is prod; identifiers of tenants or inferences, which is any UUID that does not say that it \
      is made up (????????-0000-4000-8000-????????????) and is not named as a run's; prompts, completions and rationales; \
      and files that cannot be looked into. Values are never shown.
      """)

  @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
  var paths: [String]

  func run() throws {
    do {
      let findings = try Wall.findings(in: paths)
      if findings.isEmpty { return }
      try StandardOutput.print(findings.map { StandardError.escaped($0.description) }.joined(separator: "\n"))
      let files = Set(findings.map(\.path)).count
      throw RunFailure(
        .badData, "\(files) \(files == 1 ? "file holds" : "files hold") what belongs to production; take it out")
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }
}
