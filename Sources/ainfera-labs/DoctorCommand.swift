import ArgumentParser
import Foundation
import Gateway
import Reports
import Worker

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tell what would go wrong tonight: connection, TLS, role, grants, hidden rows, schema, labels.",
    discussion: """
      Changes nothing. Ends with status 0, or with that of the first failure. A cure is SQL to paste as the owner of the \
      tables; it takes nothing from any other role. Where a person must decide, there is advice and nothing to paste.
      """)

  @OptionGroup var database: DatabaseOptions

  @Option(help: ArgumentHelp("The folder for artifacts; its free space is checked.", valueName: "dir"))
  var artifacts: String?

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      let settings = try SettingsOption.read(database.settings)
      let examination = Examination(
        database.connection(database.interruption()), settings: settings, artifacts: artifacts,
        logger: database.logger())
      try StandardOutput.print(format == .json ? JSONReport.text(examination) : text(examination.findings))
      if examination.exitStatus != 0 { throw ExitCode(examination.exitStatus) }
    } catch let error as ExitCode {
      throw error
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private func label(_ cure: Cure, _ level: Finding.Level) -> String {
    if cure.statement == nil { return "advice" }
    return level == .ok ? "optional" : "cure"
  }

  private func text(_ findings: [Finding]) -> String {
    let width = findings.map(\.name.count).max() ?? 0
    return findings.flatMap { finding in
      let name = finding.name + String(repeating: " ", count: width - finding.name.count)
      let level =
        finding.level == .fail ? "FAIL" : finding.level.rawValue.padding(toLength: 4, withPad: " ", startingAt: 0)
      let line = "\(level)  \(name)  \(finding.observed)"
      let cure = finding.cure.map {
        String(repeating: " ", count: width + 8) + "\(label($0, finding.level)): \($0.text)"
      }
      return [line, cure].compactMap { $0 }.map { StandardError.escaped($0) }
    }.joined(separator: "\n")
  }
}
