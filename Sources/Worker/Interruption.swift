internal import Dispatch
internal import Glibc
internal import Postgres
internal import Synchronization

/// Turns SIGINT and SIGTERM into a cancelled statement and an orderly end.
public final class Interruption: Sendable {
  private struct State {
    var signal: Int32?
    var canceller: Canceller?
  }

  private let state = Mutex(State())

  /// Makes an interruption that no signal reaches yet.
  public init() {}

  /// From now on the signals come here. Lasts as long as the process.
  public func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { self.receive(number) }
      source.activate()
      // The source ends when it is released, so its own handler holds it.
      source.setCancelHandler { _ = source }
    }
  }

  private func receive(_ number: Int32) {
    let canceller = state.withLock { state in
      state.signal = number
      return state.canceller
    }
    canceller?.cancel()
  }

  /// Names the connection whose statement a signal shall end.
  func watch(_ canceller: Canceller?) {
    state.withLock { $0.canceller = canceller }
  }

  /// Throws `RunFailure` with status 75 once a signal has come.
  func check() throws(RunFailure) {
    if let signal = state.withLock({ $0.signal }) {
      throw RunFailure(.tryAgain, "ended by signal \(signal) before anything was recorded; run again later")
    }
  }
}
