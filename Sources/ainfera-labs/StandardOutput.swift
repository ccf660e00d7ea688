import Foundation
import Worker

/// Where results go.
enum StandardOutput {
  /// Writes a result and a line's end.
  /// - Parameter isOfRun: whether the ledger has what was done, and a result that is lost can be looked up there.
  /// - Parameter mayWait: asked again and again whether to wait on for a reader that takes nothing.
  /// - Throws: `RunFailure` with status 74 where it cannot be written whole, for a result that is cut off is none.
  static func print(_ text: String, isOfRun: Bool = false, while mayWait: () -> Bool = { true }) throws(RunFailure) {
    do throws(OutputDescriptor.Failure) {
      try OutputDescriptor(number: STDOUT_FILENO).write(Array((text + "\n").utf8), while: mayWait)
    } catch {
      let stands = isOfRun ? "; the run stands, see `ainfera-labs history`" : ""
      throw RunFailure(.output, "the result cannot be written to standard output: \(error)\(stands)")
    }
  }
}

/// A file that an option names for a result.
enum OutputFile {
  /// Writes it whole or not at all.
  /// - Throws: `RunFailure` with status 74, also where the name is that of a device, a pipe, a folder or a symbolic link.
  static func write(_ bytes: [UInt8], to path: String) throws(RunFailure) {
    do throws(AtomicFile.Failure) {
      try AtomicFile.write(bytes, to: path, permissions: nil)
    } catch {
      throw RunFailure(.output, "\(path) cannot be written: \(error)")
    }
  }
}
