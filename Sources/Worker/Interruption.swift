internal import Dispatch
internal import Glibc
internal import Postgres
internal import Synchronization

/// Turns SIGINT, SIGTERM, SIGHUP and a deadline into a cancelled statement and an orderly end.
///
/// Where the orderly end does not come, the process is ended all the same: at once by a second signal, and some seconds
/// after the deadline or a first signal. The end of a run is decided once, here: what comes later does not change it.
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

  private enum Phase {
    /// Nothing is recorded yet.
    case working
    /// The ledger's transaction is under way. Without its COMMIT the server rolls it back.
    case recording(run: String, isCommitSent: Bool)
    /// The run has ended; what is left is to tell it.
    case ended(ExitStatus)
    /// The run was given up and its end told by another thread.
    case abandoned(ExitStatus)
  }

  private struct State {
    var phase = Phase.working
    var cause: Cause?
    /// When the first signal came, and how many causes have come.
    var firstSignal: ContinuousClock.Instant?
    var count = 0
    var canceller: Canceller?
  }

  /// What ends the process where the run itself cannot, for it waits for something that does not come.
  package struct Ends: Sendable {
    let failed: @Sendable (RunFailure, _ isUrgent: Bool) -> Void
    let exit: @Sendable (ExitStatus) -> Void

    /// - Parameter failed: tells a failure, at once where a second signal asks for it, and ends the process.
    /// - Parameter exit: ends the process at once, without a word.
    package init(
      failed: @escaping @Sendable (RunFailure, _ isUrgent: Bool) -> Void, exit: @escaping @Sendable (ExitStatus) -> Void
    ) {
      self.failed = failed
      self.exit = exit
    }
  }

  /// How long an orderly end may take before the process is ended all the same, in seconds.
  private static let grace = 5.0
  /// How long the telling of an end may take once a signal or the deadline has come, in seconds.
  private static let announcementGrace = 45.0
  /// Signals within this time are one: `timeout` sends its signal to the process and to the group.
  private static let sameSignal = Duration.milliseconds(100)

  private let state = Mutex(State())
  private let ends: Ends
  // Serial, and nothing on it waits: no call can keep a second signal or the deadline from coming through.
  private let events = DispatchQueue(label: "interruption")

  /// Makes an interruption that nothing reaches yet.
  package init(_ ends: Ends) { self.ends = ends }

  /// From now on the signals come here. Lasts as long as the process.
  public func install() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Under nohup the end of the terminal is not the end of the run.
      if number == SIGHUP, isIgnored(number) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: events)
      source.setEventHandler { self.receive(.signal(number)) }
      source.activate()
      // The source ends when it is released, so its own handler holds it.
      source.setCancelHandler { _ = source }
    }
  }

  private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Ends the run after this many seconds, and if the server does not let go, the process some seconds later.
  public func setDeadline(seconds: Double) {
    events.asyncAfter(deadline: .now() + seconds) { self.receive(.deadline(seconds: seconds)) }
  }

  private func receive(_ cause: Cause) {
    let now = ContinuousClock.now
    let (isSecondSignal, canceller) = state.withLock { state in
      var isSecond = false
      if case .signal = cause {
        if let first = state.firstSignal, now - first < Interruption.sameSignal { return (false, nil as Canceller?) }
        isSecond = state.cause != nil
        state.firstSignal = state.firstSignal ?? now
      }
      state.cause = state.cause ?? cause
      state.count += 1
      return (isSecond, state.canceller)
    }
    if isSecondSignal { return end(isUrgent: true) }
    canceller?.cancel()
    events.asyncAfter(deadline: .now() + Interruption.grace) {
      switch cause {
      // A signal asks, and an answer to COMMIT is worth a wait.
      case .signal: if !self.hasEnded, !self.isCommitSent { self.end() }
      case .deadline: if !self.hasEnded { self.end() }
      }
    }
    events.asyncAfter(deadline: .now() + Interruption.announcementGrace) { if self.hasEnded { self.end() } }
  }

  private var hasEnded: Bool {
    state.withLock {
      switch $0.phase {
      case .working, .recording: false
      case .ended, .abandoned: true
      }
    }
  }

  private var isCommitSent: Bool {
    state.withLock { if case .recording(_, isCommitSent: true) = $0.phase { true } else { false } }
  }

  /// Ends the process, whatever its main thread waits for.
  private func end(isUrgent: Bool = false) {
    let (failure, status) = state.withLock { state -> (RunFailure?, ExitStatus?) in
      switch state.phase {
      case .ended(let status), .abandoned(let status): return (nil, status)
      case .working, .recording:
        let failure = Interruption.failure(state)
        if let failure { state.phase = .abandoned(failure.status) }
        return (failure, nil)
      }
    }
    // Telling may take its time, and another signal must come through meanwhile.
    if let failure { DispatchQueue(label: "end").async { self.ends.failed(failure, isUrgent) } }
    if let status { ends.exit(status) }
  }

  /// Whether a run shall end.
  public var isRequested: Bool { state.withLock { $0.cause != nil } }

  /// How many signals and deadlines have come, by which one can see that another has.
  package var count: Int { state.withLock { $0.count } }

  /// Names the connection whose statement shall end.
  func watch(_ canceller: Canceller?) {
    state.withLock { $0.canceller = canceller }
  }

  /// The ledger's transaction for this run begins.
  func beginRecording(_ run: String) {
    change { $0 = .recording(run: run, isCommitSent: false) }
  }

  /// COMMIT is about to be sent: from now on nobody can say that nothing was recorded.
  /// - Returns: whether it may be; not where the run was given up, for what was told must stay true.
  package func mayCommit() -> Bool {
    state.withLock { state in
      switch state.phase {
      case .recording(let run, _): state.phase = .recording(run: run, isCommitSent: true)
      case .working, .ended: break
      case .abandoned: return false
      }
      return true
    }
  }

  /// The ledger's transaction has failed for good, and nothing is recorded.
  func endRecording() {
    change { $0 = .working }
  }

  /// The run has ended with this status, and no signal or deadline changes it. Does not return where the run was given
  /// up.
  package func finish(_ status: ExitStatus) {
    change { $0 = .ended(status) }
  }

  private func change(_ body: (inout Phase) -> Void) {
    let isAbandoned = state.withLock { state in
      if case .abandoned = state.phase { return true }
      body(&state.phase)
      return false
    }
    // Another thread ends the process.
    while isAbandoned { sleep(60) }
  }

  private static func failure(_ state: State) -> RunFailure? {
    guard let cause = state.cause else { return nil }
    if case .recording(let run, isCommitSent: true) = state.phase {
      return RunFailure(
        .commitUnknown,
        "\(cause.text) while the answer to COMMIT was awaited; look whether training_runs has id \(run) before the "
          + "next run")
    }
    return RunFailure(.tryAgain, "\(cause.text) before anything was recorded; run again later")
  }

  /// Runs the ledger's transaction for a run, whose end is decided when this returns.
  /// - Throws: `RunFailure` where a signal or the deadline has come; what `body` throws.
  func recording<Result>(_ run: String, _ body: () throws -> Result) throws -> Result {
    try check()
    beginRecording(run)
    do {
      let result = try body()
      finish(.ended)
      return result
    } catch {
      if RunFailure(error).status != .commitUnknown { endRecording() }
      throw error
    }
  }

  /// What an error comes to: the signal or the deadline, where one has come and COMMIT was not sent, after which it does not
  /// tell what became of the run.
  func failure(of error: any Error) -> RunFailure {
    let failure = RunFailure(error)
    guard failure.status != .commitUnknown else { return failure }
    return state.withLock { Interruption.failure($0) } ?? failure
  }

  /// Throws `RunFailure` with status 75 once a signal or the deadline has come.
  func check() throws(RunFailure) {
    if let failure = state.withLock({ Interruption.failure($0) }) { throw failure }
  }
}
