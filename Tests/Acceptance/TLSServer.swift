import Foundation
import TestSupport

/// A private PostgreSQL that asks for TLS and a password, with certificates made for it; it ends with this value.
final class TLSServer {
  /// The folder of the certificates.
  let folder: String
  /// Its port on this machine.
  let port: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init() throws {
    process.executableURL = Repository.root.appendingPathComponent("Tests/Acceptance/tls-server")
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let words = try output.fileHandleForReading.readLine().split(separator: " ").map(String.init)
    guard words.count == 3 else { throw CocoaError(.fileReadUnknown) }
    (folder, port) = (words[0], words[1])
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Serves another certificate from now on, or none.
  func serve(_ name: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("\(name)\n".utf8))
    _ = try output.fileHandleForReading.readLine()
  }
}
