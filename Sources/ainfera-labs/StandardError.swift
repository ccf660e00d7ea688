import ArgumentParser
import Foundation
import Logging
import Synchronization
import Worker

/// What the program says beside its result. That nobody can or will read it never ends or holds up a run.
enum StandardError {
  private static let descriptor = OutputDescriptor(number: STDERR_FILENO)
  private static let patience = Duration.seconds(2)
  private static let isUnread = Atomic(false)

  /// How lines are written, as the command line asks, also where it cannot be understood.
  private static let format = LogLine.format(asked: CommandLine.arguments)

  static func write(_ text: String) { write(Array(text.utf8)) }

  /// Waits a little for a reader, and once it was in vain for none again until one reads.
  static func write(_ bytes: [UInt8]) {
    let end = ContinuousClock.now + (isUnread.load(ordering: .relaxed) ? .zero : patience)
    do throws(OutputDescriptor.Failure) {
      try descriptor.write(bytes) { ContinuousClock.now < end }
      isUnread.store(false, ordering: .relaxed)
    } catch {
      // Nobody is left to be told of it.
      if case .notRead = error { isUnread.store(true, ordering: .relaxed) }
    }
  }

  /// One line.
  static func note(_ text: String) {
    let line = LogLine(level: .notice, message: text)
    write(format == .json ? line.text(.json) : "ainfera-labs: \(escaped(text))\n")
  }

  /// Why the program ends, on one line.
  /// - Parameter run: the identifier of the run that failed.
  static func tell(_ failure: RunFailure, run: String? = nil) {
    var line = LogLine(level: .critical, message: failure.description)
    line.exitStatus = failure.status.rawValue
    if let run { line.metadata["run"] = run }
    write(format == .json ? line.text(.json) : "ainfera-labs: \(escaped(failure.description))\n")
  }

  /// One line, and the end.
  static func fail(_ failure: RunFailure, run: String? = nil) -> Never {
    tell(failure, run: run)
    exit(failure.status.rawValue)
  }

  /// What is wrong with the command line, with the usage in text, and the end.
  static func fail(usage message: String, fullText: String) -> Never {
    if format == .json { fail(RunFailure(.usage, message)) }
    write("\(fullText)\n")
    exit(ExitStatus.usage.rawValue)
  }

  /// The text on one line: control characters as `\u{1b}`, so that no name can forge a line or steer a terminal.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar.properties.generalCategory == .control {
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
