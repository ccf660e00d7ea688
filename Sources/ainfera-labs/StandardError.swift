import Foundation
import Worker

/// What the program says beside its result.
enum StandardError {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// One line, without control characters, and the end.
  static func fail(_ failure: RunFailure) -> Never {
    let clean = failure.description.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) }
    write("ainfera-labs: \(String(clean))\n")
    exit(failure.status.rawValue)
  }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
