/// Measures the phases of a run one after another.
struct PhaseTimer {
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now
  private(set) var milliseconds: [String: Double] = [:]

  mutating func mark(_ phase: String) {
    let now = ContinuousClock.now
    milliseconds[phase] = PhaseTimer.milliseconds(now - last)
    milliseconds["total"] = PhaseTimer.milliseconds(now - start)
    last = now
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return (Double(seconds) * 1e6 + Double(attoseconds) / 1e12).rounded() / 1e3
  }
}
