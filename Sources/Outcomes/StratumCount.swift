/// How many succeeded outcomes a stratum had, and how many of them were judged and are eligible.
public struct StratumCount: Sendable, Equatable {
  /// Succeeded outcomes that would be eligible if they were judged by another than the chosen model.
  public var outcomes: Int
  /// Those that are eligible.
  public var judged: Int

  /// Makes a count.
  public init(outcomes: Int, judged: Int) {
    self.outcomes = outcomes
    self.judged = judged
  }
}
