internal import Outcomes

/// How often the gate would have promoted a candidate that cannot be better.
public struct SelfTestReport: Encodable, Sendable {
  /// How many null candidates were drawn.
  public let draws: Int
  /// The seed.
  public let seed: UInt64
  /// How many of them passed every check but `source`.
  public let promoted: Int
  /// How many passed `no worse` and `better`, whatever the others said.
  public let shownBetter: Int
  /// The first check that failed, and how often.
  public let firstFailures: [String: Int]
  /// Training rows.
  public let training: Int
  /// Holdout rows.
  public let holdout: Int
  /// What to do about it; nil where the gate keeps its word.
  public let advice: String?

  /// Counts a test.
  public init(
    draws: Int, seed: UInt64, promoted: Int, shownBetter: Int, firstFailures: [String: Int], training: Int, holdout: Int
  ) {
    self.draws = draws
    self.seed = seed
    self.promoted = promoted
    self.shownBetter = shownBetter
    self.firstFailures = firstFailures
    self.training = training
    self.holdout = holdout
    advice =
      Double(promoted) > 0.05 * Double(draws)
      ? "the gate promotes nothing-better candidates too often on this log: set evidence to both, raise "
        + "min_effective_sample_size, or lengthen the window; and look for agents whose calls are all alike"
      : nil
  }

  /// The result for a terminal.
  public var text: String {
    let share = (100 * Double(promoted) / Double(max(draws, 1))).decimals(1)
    let reasons = firstFailures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      "  \($0.value) held on \($0.key)"
    }
    return
      ([
        "A/A self-test: \(draws) candidates that cannot be better, models dealt anew within cells, seed \(seed)",
        "  \(training) training and \(holdout) holdout rows",
        "  \(promoted) would have been promoted (\(share) %; at most 5 % is promised)",
        "  \(shownBetter) passed `no worse` and `better`, whatever other checks said",
      ] + reasons + [advice.map { "ADVICE  \($0)" }].compactMap(\.self)).joined(separator: "\n")
  }
}
