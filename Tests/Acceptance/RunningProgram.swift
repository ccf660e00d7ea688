import Foundation
import TestSupport

/// A run of the built program that goes on while its test does something to it.
///
/// Waiting for it suspends and holds no thread.
final class RunningProgram: Sendable {
  let identifier: Int32
  private let files: (output: URL, errors: URL)
  private let ended: AsyncStream<Int32>

  init(
    running path: String = Repository.program.path, _ arguments: [String], environment: [String: String]
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    let name = UUID().uuidString
    let folder = FileManager.default.temporaryDirectory
    files = (folder.appendingPathComponent("\(name).out"), folder.appendingPathComponent("\(name).err"))
    for file in [files.output, files.errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files.output)
    process.standardError = try FileHandle(forWritingTo: files.errors)
    process.standardInput = FileHandle.nullDevice
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    ended = stream
    process.terminationHandler = { process in
      continuation.yield(process.terminationStatus)
      continuation.finish()
    }
    try process.run()
    identifier = process.processIdentifier
  }

  deinit {
    kill(identifier, SIGKILL)
    try? FileManager.default.removeItem(at: files.output)
    try? FileManager.default.removeItem(at: files.errors)
  }

  /// The finished run.
  func finish() async throws -> Program {
    var status: Int32 = -1
    for await value in ended { status = value }
    return Program(
      status: status, output: try String(contentsOf: files.output, encoding: .utf8),
      errors: try String(contentsOf: files.errors, encoding: .utf8))
  }
}
