/// What is in the window, counted before a row is read.
public struct Survey: Sendable, Equatable {
  /// Rows in the window.
  public var total: Int
  /// How many rows fell at each step.
  public var dropped: [FunnelStep: Int]
  /// The eligible rows of each judge.
  public var judges: [String: Int]
  /// The judges of the holdout whom training had not seen.
  public var newJudges: [String]
  /// The eligible rows of each source.
  public var sources: [String: Int]
  /// Eligible rows strictly before the cut.
  public var training: Int
  /// Eligible rows from the cut on.
  public var holdout: Int
  /// How many outcomes of each stratum from the cut on were judged; empty where all were.
  public var strata: [Stratum: StratumCount] = [:]
  /// The deterministic rows from the cut on of each policy version.
  public var versions: [String: Int] = [:]
  /// The first and the last instant of the window, ISO 8601.
  public var window: ClosedRange<String>
  /// The first instant of the holdout, ISO 8601; nil without an eligible row.
  public var cut: String?

  /// Makes a survey.
  public init(
    total: Int, dropped: [FunnelStep: Int], judges: [String: Int], newJudges: [String], sources: [String: Int],
    training: Int, holdout: Int, window: ClosedRange<String>, cut: String?
  ) {
    self.total = total
    self.dropped = dropped
    self.judges = judges
    self.newJudges = newJudges
    self.sources = sources
    self.training = training
    self.holdout = holdout
    self.window = window
    self.cut = cut
  }

  /// The rows that are left.
  public var eligible: Int { training + holdout }
}
