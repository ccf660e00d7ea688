import Foundation
import Glibc
import Synchronization

/// A server that answers the start of a connection with these bytes and nothing after.
final class FakeServer: Sendable {
  /// The folder of its socket.
  let folder: URL
  private let listener: Int32
  private let clients = Mutex<[Int32]>([])

  /// Accepts a client and has nothing to say to its statements.
  static let silent =
    [UInt8(ascii: "R")] + [0, 0, 0, 8, 0, 0, 0, 0]
    + [UInt8(ascii: "K")] + [0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1] + [UInt8(ascii: "Z")] + [
      0, 0, 0, 5, UInt8(ascii: "I"),
    ]

  /// Refuses a client with this severity, SQLSTATE and message.
  static func refusal(severity: String, state: String, message: String) -> [UInt8] {
    let texts: [String] = ["S\(severity)", "VFATAL", "C\(state)", "M\(message)"]
    let fields: [UInt8] = texts.flatMap { (text: String) -> [UInt8] in Array(text.utf8) + [0] } + [0]
    let length = UInt32(fields.count + 4).bigEndian
    return [UInt8(ascii: "E")] + withUnsafeBytes(of: length) { Array($0) } + fields
  }

  init(answering answer: [UInt8]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(String(UUID().uuidString.prefix(8)))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("\(folder.path)/.s.PGSQL.5432".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread { [self] in serve(answer) }
  }

  private func serve(_ answer: [UInt8]) {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      clients.withLock { $0.append(client) }
      var startup = [UInt8](repeating: 0, count: 4096)
      _ = read(client, &startup, startup.count)
      _ = answer.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
  }

  /// Closes everything.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    clients.withLock { for client in $0 { close(client) } }
    try? FileManager.default.removeItem(at: folder)
  }
}
