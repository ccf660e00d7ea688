internal import Foundation

/// A program of the system that reads for us, without the caller's environment.
final class ToolProcess {
  private let process = Process()
  private let output = Pipe()

  init(_ name: String, _ arguments: [String], input: FileHandle? = nil) {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_NO_REPLACE_OBJECTS": "1",
      "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
    ]
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
  }

  /// - Throws: why it cannot be run.
  func start() throws { try process.run() }

  /// The next bytes; nil at the end.
  func read(upTo count: Int) throws -> [UInt8]? {
    guard let bytes = try output.fileHandleForReading.read(upToCount: count), !bytes.isEmpty else { return nil }
    return [UInt8](bytes)
  }

  /// Everything that is left.
  func readAll() throws -> [UInt8] { try output.fileHandleForReading.readToEnd().map { [UInt8]($0) } ?? [] }

  /// Waits for its end, and says whether it was a good one.
  func finish() -> Bool {
    process.waitUntilExit()
    return process.terminationReason == .exit && process.terminationStatus == 0
  }

  /// Ends it early.
  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}
