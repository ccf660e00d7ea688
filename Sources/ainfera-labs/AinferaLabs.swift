import ArgumentParser
import Foundation
import Worker

@main
struct AinferaLabs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ainfera-labs",
    abstract: "The offline training worker of an AI gateway that routes calls among language models.",
    discussion: """
      Results go to standard output, progress and logs to standard error.

      Exit status: 0 the run ended, promoted or held; 2 held, with --fail-on-hold; 64 usage; 65 bad data; \
      69 database out of reach; 70 a bug of ours; 74 output could not be written; 75 try again later; \
      76 the answer to COMMIT was lost; 77 a missing grant; 78 bad settings.
      """,
    subcommands: [
      Train.self, DoctorCommand.self, History.self, Show.self, Rollback.self, ResumeCommand.self,
      SettingsCommand.self, Replay.self,
      Simulate.self, Value.self, ResearchCommand.self, ReportCommand.self, CheckPublicCommand.self,
    ])

  static func main() {
    OutputDescriptor.openStandard()
    // A reader that went away, and a file that may not grow, are errors where they are written to.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // Who ignores it cannot wait for a command.
    signal(SIGCHLD, SIG_DFL)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(error)
    }
  }

  private static func end(_ error: any Error) -> Never {
    if let failure = error as? RunFailure { StandardError.fail(failure) }
    let (status, text) = (exitCode(for: error), fullMessage(for: error))
    if error is ExitCode || text.isEmpty { Foundation.exit(status.rawValue) }
    if status == .failure { StandardError.fail(RunFailure(error)) }
    guard status.isSuccess else {
      let hidden = UsageText(arguments: Array(CommandLine.arguments.dropFirst()))
      StandardError.fail(usage: hidden.hiding(message(for: error)), fullText: hidden.hiding(text))
    }
    do throws(RunFailure) {
      try StandardOutput.print(text)
    } catch {
      StandardError.fail(error)
    }
    Foundation.exit(0)
  }
}

/// What the parser says of a command line, without what may be a secret.
struct UsageText {
  private let secrets: [String]

  /// - Parameter arguments: those of the process.
  init(arguments: [String]) {
    var secrets: [String] = []
    for (place, argument) in arguments.enumerated() {
      let previous = place > 0 ? arguments[place - 1] : ""
      let isShortOption = argument.hasPrefix("-") && !argument.hasPrefix("--") && argument.count > 2
      if isShortOption || UsageText.isAddress(argument) || UsageText.asksForPassword(previous) {
        secrets.append(argument)
      }
      // The value of `--option=value` is shown without the option.
      if argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") {
        let value = String(argument[argument.index(after: equals)...])
        if UsageText.isAddress(value) || UsageText.asksForPassword(argument) { secrets.append(value) }
      }
    }
    self.secrets = secrets.filter { !$0.isEmpty && !$0.hasPrefix("--") }.sorted { $0.count > $1.count }
  }

  /// An address, or a piece of one that was split where it should have been quoted.
  private static func isAddress(_ text: String) -> Bool {
    text.contains("@") || text.contains("//") || (text.contains("=") && !text.hasPrefix("-"))
  }

  private static func asksForPassword(_ option: String) -> Bool {
    let name = option.prefix { $0 != "=" }.lowercased()
    return name == "-w" || (name.hasPrefix("-") && ["pass", "pwd", "secret", "token"].contains { name.contains($0) })
  }

  /// The text with each secret as `…`.
  func hiding(_ text: String) -> String {
    secrets.reduce(text) { $0.replacing("'\($1)'", with: "'…'") }
  }
}
