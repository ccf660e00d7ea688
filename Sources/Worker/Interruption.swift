internal import Dispatch
internal import Glibc
internal import Postgres
internal import Synchronization

/// Turns SIGINT, SIGTERM and a deadline into a cancelled statement and an orderly end.
public final class Interruption: Sendable {
  private enum Cause {
    case signal(Int32)
    case deadline(seconds: Double)

    var text: String {
      switch self {
      case .signal(let number): "ended by signal \(number)"
      case .deadline(let seconds): "ended by the deadline of \(seconds) s"
      }
    }
  }

  private struct State {
    var cause: Cause?
    var canceller: Canceller?
    var recording: String?
  }

  /// How long an orderly end may take after the deadline, before the process ends all the same.
  private static let grace = 5.0

  private let state = Mutex(State())

  /// Makes an interruption that nothing reaches yet.
  public init() {}

  /// From now on the signals come here. Lasts as long as the process.
  public func install() {
    // A file that may not grow is an error where it is written, and not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { self.receive(.signal(number)) }
      source.activate()
      // The source ends when it is released, so its own handler holds it.
      source.setCancelHandler { _ = source }
    }
  }

  /// Ends the run after this many seconds, and if the server does not let go, the process some seconds later.
  /// - Parameter exit: told why the process must end, and how; it must not return.
  public func setDeadline(seconds: Double, exit: @escaping @Sendable (RunFailure) -> Void) {
    let queue = DispatchQueue(label: "deadline", attributes: .concurrent)
    queue.asyncAfter(deadline: .now() + seconds) { self.receive(.deadline(seconds: seconds)) }
    queue.asyncAfter(deadline: .now() + seconds + Interruption.grace) {
      exit(self.failure ?? RunFailure(.tryAgain, Cause.deadline(seconds: seconds).text))
    }
  }

  private func receive(_ cause: Cause) {
    let canceller = state.withLock { state in
      state.cause = state.cause ?? cause
      return state.canceller
    }
    canceller?.cancel()
  }

  /// Whether a run shall end.
  public var isRequested: Bool { state.withLock { $0.cause != nil } }

  /// Names the connection whose statement shall end.
  func watch(_ canceller: Canceller?) {
    state.withLock { $0.canceller = canceller }
  }

  /// From now on nobody can say that nothing was recorded.
  func beginRecording(_ run: String) {
    state.withLock { $0.recording = run }
  }

  /// The ledger's transaction has failed for good.
  func endRecording() {
    state.withLock { $0.recording = nil }
  }

  private var failure: RunFailure? {
    state.withLock { state in
      guard let cause = state.cause else { return nil }
      if let run = state.recording {
        return RunFailure(
          .commitUnknown,
          "\(cause.text) while the ledger was written; look whether training_runs has id \(run) before the next run")
      }
      return RunFailure(.tryAgain, "\(cause.text) before anything was recorded; run again later")
    }
  }

  /// Throws `RunFailure` with status 75 once a signal or the deadline has come.
  func check() throws(RunFailure) {
    if let failure { throw failure }
  }
}
