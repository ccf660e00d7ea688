internal import CLibPQ
internal import Synchronization

/// Asks the server to end the statement that a connection runs; may be called from any thread.
public final class Canceller: Sendable {
  /// The address of libpq's handle, 0 once it is freed.
  private let address: Mutex<Int>

  init(_ connection: OpaquePointer) { address = Mutex(Int(bitPattern: PQgetCancel(connection))) }

  deinit { invalidate() }

  /// Sends the request. The connection must not be used for anything else afterwards: behind a pooler a late request
  /// hits the next statement.
  public func cancel() {
    address.withLock { address in
      guard let handle = OpaquePointer(bitPattern: address) else { return }
      var message = [CChar](repeating: 0, count: 256)
      PQcancel(handle, &message, Int32(message.count))
    }
  }

  func invalidate() {
    address.withLock { address in
      if let handle = OpaquePointer(bitPattern: address) { PQfreeCancel(handle) }
      address = 0
    }
  }
}
