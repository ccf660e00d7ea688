import Foundation
import Glibc
import Synchronization

/// A way to the server that can go wrong: it forwards a Unix socket and does one harm.
final class Proxy: Sendable {
  enum Harm: Sendable {
    /// The server's answers come a byte at a time.
    case trickle
    /// Nothing comes from the server after this many bytes.
    case stall(afterBytes: Int)
    /// The first COMMIT of a ledger's transaction is lost with its connection.
    case loseCommit
    /// The answer to it is lost with its connection, and for so many seconds nobody gets through.
    case loseAnswer(darkSeconds: Double)
  }

  private struct State {
    var isHarmDone = false
    var darkUntil = ContinuousClock.now
    var descriptors: [Int32] = []
  }

  /// The folder of its socket.
  let folder: TemporaryFolder
  private let server: String
  private let harm: Harm
  private let listener: Int32
  private let state = Mutex(State())

  init(to server: String, _ harm: Harm) throws {
    self.server = server
    self.harm = harm
    folder = try TemporaryFolder()
    listener = try Proxy.makeSocket(folder.url.path, Glibc.bind)
    guard listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread { [self] in accept() }
  }

  deinit { stop() }

  /// Closes everything.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    for descriptor in state.withLock({ $0.descriptors }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
  }

  private static func makeSocket(
    _ folder: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("\(folder)/.s.PGSQL.5432".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw POSIXError(.ECONNREFUSED) }
    return descriptor
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      if client >= 0, ContinuousClock.now < state.withLock({ $0.darkUntil }) {
        close(client)
        continue
      }
      guard client >= 0, let backend = try? Proxy.makeSocket(server, Glibc.connect) else { return }
      state.withLock { $0.descriptors += [client, backend] }
      let link = Link(client: client, backend: backend)
      Thread.detachNewThread { self.forwardRequests(link) }
      Thread.detachNewThread { self.forwardAnswers(link) }
    }
  }

  private final class Link: Sendable {
    let client: Int32
    let backend: Int32
    let isLedger = Mutex(false)
    let isAnswerLost = Mutex(false)

    init(client: Int32, backend: Int32) {
      self.client = client
      self.backend = backend
    }

    func cut() {
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(backend, Int32(SHUT_RDWR))
    }
  }

  private func forwardRequests(_ link: Link) {
    while let bytes = Proxy.read(link.client) {
      let text = String(decoding: bytes, as: UTF8.self)
      if text.contains("INSERT INTO") { link.isLedger.withLock { $0 = true } }
      if text.contains("COMMIT"), link.isLedger.withLock({ $0 }), takeHarm() {
        switch harm {
        case .loseCommit: return link.cut()
        case .loseAnswer(let seconds):
          state.withLock { $0.darkUntil = .now + .seconds(seconds) }
          link.isAnswerLost.withLock { $0 = true }
        case .trickle, .stall: break
        }
      }
      guard Proxy.write(link.backend, bytes) else { break }
    }
    link.cut()
  }

  private func takeHarm() -> Bool {
    state.withLock { state in
      defer { state.isHarmDone = true }
      return !state.isHarmDone
    }
  }

  private func forwardAnswers(_ link: Link) {
    var forwarded = 0
    while let bytes = Proxy.read(link.backend) {
      if link.isAnswerLost.withLock({ $0 }) { break }
      switch harm {
      case .trickle:
        for byte in bytes where !Proxy.write(link.client, [byte]) { return link.cut() }
      case .stall(let limit):
        guard forwarded < limit else { continue }
        guard Proxy.write(link.client, bytes) else { return link.cut() }
      case .loseCommit, .loseAnswer:
        guard Proxy.write(link.client, bytes) else { return link.cut() }
      }
      forwarded += bytes.count
    }
    link.cut()
  }

  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
