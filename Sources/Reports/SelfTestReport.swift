internal import Outcomes

/// How often the gate would have promoted a candidate that cannot be better.
public struct SelfTestReport: Encodable, Sendable {
  /// A setting that was tried on the same candidates.
  public struct Advice: Encodable, Sendable {
    /// The line of the settings.
    public let setting: String
    /// How many of the candidates are promoted with it.
    public let promoted: Int

    /// Notes a trial.
    public init(setting: String, promoted: Int) {
      self.setting = setting
      self.promoted = promoted
    }
  }

  /// The share of promotions that the gate promises not to exceed.
  static let promise = 0.05

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
  /// The settings that were tried because the gate promotes too often; the last one helps, if any does.
  public private(set) var tried: [Advice] = []
  /// What to do; nil where the gate keeps its promise.
  public private(set) var advice: String?

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
  }

  /// Whether more were promoted than is promised.
  public var isTooHigh: Bool { SelfTestReport.isTooHigh(promoted, of: draws) }

  private static func isTooHigh(_ promoted: Int, of draws: Int) -> Bool { Double(promoted) > promise * Double(draws) }

  private func percent(_ promoted: Int) -> String {
    "\((100 * Double(promoted) / Double(max(draws, 1))).decimals(1)) %"
  }

  /// Turns what was tried into advice, with the figure that it leads to.
  public mutating func advise(_ tried: [Advice]) {
    self.tried = tried
    if let last = tried.last, !SelfTestReport.isTooHigh(last.promoted, of: draws) {
      advice = "set \(last.setting): of the same candidates \(percent(last.promoted)) are then promoted"
    } else {
      let figures = tried.map { "\($0.setting) \(percent($0.promoted))" }.joined(separator: ", ")
      advice =
        "no setting that was tried is enough (\(figures)): lengthen the window, and look for agents whose calls are all "
        + "alike"
    }
  }

  /// The result for a terminal.
  public var text: String {
    let reasons = firstFailures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      "  \($0.value) held on \($0.key)"
    }
    return
      ([
        "A/A self-test: \(draws) candidates that cannot be better, models assigned at random within cells, seed \(seed)",
        "  \(training) training and \(holdout) holdout rows",
        "  \(promoted) would have been promoted (\(percent(promoted)); at most 5 % is promised)",
        "  \(shownBetter) passed `no worse` and `better`, whatever other checks said",
      ] + reasons + [advice.map { "ADVICE  \($0)" }].compactMap(\.self)).joined(separator: "\n")
  }
}
