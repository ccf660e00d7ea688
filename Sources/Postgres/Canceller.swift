internal import CLibPQ
internal import Dispatch
internal import Synchronization

/// Asks the server to end the statement that a connection runs; may be called from any thread.
public final class Canceller: Sendable {
  /// libpq's handle, freed with its last user: the connection, or a request that is still on its way.
  private final class Handle: Sendable {
    private let address: Int

    init?(_ connection: OpaquePointer) {
      guard let handle = PQgetCancel(connection) else { return nil }
      address = Int(bitPattern: handle)
    }

    deinit { PQfreeCancel(OpaquePointer(bitPattern: address)) }

    func send() {
      var message = [CChar](repeating: 0, count: 256)
      PQcancel(OpaquePointer(bitPattern: address), &message, Int32(message.count))
    }
  }

  private let handle: Mutex<Handle?>
  // Of its own, for the request makes a connection and waits for it, which on a dead network takes minutes.
  private let queue = DispatchQueue(label: "cancel")

  init(_ connection: OpaquePointer) { handle = Mutex(Handle(connection)) }

  /// Sends the request and does not wait for it. The connection must not be used for anything else afterwards: a late
  /// request hits the next statement.
  public func cancel() {
    guard let handle = handle.withLock({ $0 }) else { return }
    queue.async { handle.send() }
  }

  func invalidate() { handle.withLock { $0 = nil } }
}
