import Foundation
import Worker

/// What the program says beside its result.
enum StandardError {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// One line.
  static func note(_ text: String) { write("ainfera-labs: \(escaped(text))\n") }

  /// One line, and the end.
  static func fail(_ failure: RunFailure) -> Never {
    note(failure.description)
    exit(failure.status.rawValue)
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
