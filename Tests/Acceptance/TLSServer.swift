import Foundation
import TestSupport

/// A private PostgreSQL that asks for TLS and a password, with certificates made for it; it ends with this value.
final class TLSServer {
  /// The folder of the certificates.
  let folder: String
  /// Its port on this machine.
  let port: String
  /// The folder of its socket, by which its owner needs no password.
  let socket: String
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
    (folder, port, socket) = (words[0], words[1], words[2])
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Loads the synthetic outcomes as production has them.
  func loadOutcomes() throws {
    let loaded = try Program(
      running: "/bin/bash",
      [
        "-c", ". \"$0\"/Jobs/server.sh; dataset_load \"$1\" postgres prod", Repository.root.path,
        Repository.synthetic.path,
      ],
      environment: ["PATH": "/usr/bin:/bin", "PGHOST": socket, "PGPORT": port, "PGUSER": "owner"])
    guard loaded.status == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// An example of the documentation, with this server's address and authority in the place of the example's.
  func address(_ example: String, root: String) -> String {
    example.replacing("db.example.com:5432/gateway", with: "localhost:\(port)/postgres")
      .replacing("sslrootcert=\(root)", with: "sslrootcert=\(folder)/authority.pem")
  }

  /// Serves another certificate from now on, or none.
  func serve(_ name: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("\(name)\n".utf8))
    _ = try output.fileHandleForReading.readLine()
  }
}
