import ArgumentParser
import Foundation
import Reports
import Research
import Simulation
import Worker

struct ResearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "research",
    abstract: "Value policies in simulated worlds, over seeds, and write tables and plots.",
    discussion: """
      Every policy meets the same worlds and logs, so that differences are theirs. What is written is the truth of the \
      simulated worlds, not an estimate; the same options write the same bytes.
      """)

  @Option(help: "A scenario; may be given several times (default: all).")
  var scenario: [Scenario] = []

  @Option(help: "The outcomes of each log.")
  var rows = 50_000

  @Option(help: "How many seeds, from 1 on.")
  var seeds = 20

  @Option(help: ArgumentHelp("The folder for the tables and plots, which is made if it is missing.", valueName: "dir"))
  var out: String

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be above 0") }
    guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds must be from 1 to 10000") }
  }

  func run() throws {
    do {
      let study = Study(rows: rows, seeds: (1...UInt64(seeds)).map { $0 })
      try makeFolder()
      var results: [ScenarioResult] = []
      for scenario in scenario.isEmpty ? Scenario.all : scenario {
        let result = try study.run(scenario)
        try write(result.plot.file, to: "\(scenario.name).svg")
        results.append(result)
      }
      try write(JSONReport.text(results) + "\n", to: "results.json")
      let page = ResearchPage(results: results).markdown
      try write(page, to: "results.md")
      try StandardOutput.print(page)
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw RunFailure(.output, "\(out) cannot be made: \(error.localizedDescription)")
    }
  }

  private func write(_ text: String, to name: String) throws {
    try OutputFile.write(Array(text.utf8), to: "\(out)/\(name)")
  }
}
