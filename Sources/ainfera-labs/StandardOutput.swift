import Foundation
import Worker

/// Where results go.
enum StandardOutput {
  /// Writes a result and a line's end.
  /// - Throws: `RunFailure` with status 75 where it cannot be written whole, for a result that is cut off is none.
  static func print(_ text: String) throws(RunFailure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw RunFailure(
        .tryAgain,
        "the result cannot be written to standard output: \(error.localizedDescription); what the run did stands, see history"
      )
    }
  }
}
