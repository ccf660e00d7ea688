internal import Glibc

/// What is in the window, counted before a row is read.
public struct Survey: Sendable, Equatable {
  /// How many succeeded outcomes of each stratum there were and were judged; empty where all were judged.
  public struct Strata: Sendable, Equatable {
    /// Before the cut.
    public var training: [Stratum: StratumCount] = [:]
    /// From the cut on.
    public var holdout: [Stratum: StratumCount] = [:]

    /// No strata.
    public init() {}
  }

  /// The judged rows of an hour, and how many of them have the lowest and the highest score.
  public struct Hour: Sendable, Equatable {
    /// When the hour begins, ISO 8601.
    public let start: String
    /// The eligible judged rows.
    public var judged: Int
    /// Those of the lowest score.
    public var lowest: Int
    /// Those of the highest score.
    public var highest: Int

    /// Counts an hour.
    public init(start: String, judged: Int, lowest: Int, highest: Int) {
      self.start = start
      self.judged = judged
      self.lowest = lowest
      self.highest = highest
    }
  }

  /// Rows in the window.
  public var total: Int
  /// How many rows fell at each step.
  public var dropped: [FunnelStep: Int]
  /// The eligible judged rows of each judge.
  public var judges: [String: Int]
  /// The judges of the holdout whom training had not seen.
  public var newJudges: [String]
  /// The eligible rows of each source.
  public var sources: [String: Int]
  /// Eligible rows strictly before the cut.
  public var training: Int
  /// Eligible rows from the cut on.
  public var holdout: Int
  /// The eligible rows whose call failed, which are known without a judge.
  public var failures = 0
  /// Whether the outcomes tell costs at all; a dataset may lack the column.
  public var hasCosts = true
  /// The sampling of the judge, in each half.
  public var strata = Strata()
  /// The hours with judged rows, in their order.
  public var hours: [Hour] = []
  /// The first and the last instant of the window, ISO 8601.
  public var window: ClosedRange<String>
  /// The first instant of the holdout, ISO 8601; nil without an eligible row.
  public var cut: String?
  /// The first instants of the holdout's periods but the first, ISO 8601; empty without a cut.
  public var periods: [String] = []

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

  /// The times in which every score is the lowest, or every score the highest, where at the log's own rate that cannot be
  /// chance: a judge that was down, or a parser that failed.
  ///
  /// Of n such rows in a row, at a rate p of the score, each of the H hours may begin a time: so the chance is at most
  /// `H pⁿ`.
  public func labelOutages(chance: Double) -> [String] {
    outages(\.lowest, "1", chance) + outages(\.highest, "5", chance)
  }

  private func outages(_ extreme: KeyPath<Hour, Int>, _ score: String, _ chance: Double) -> [String] {
    let judged = hours.reduce(0) { $0 + $1.judged }
    let rate = judged > 0 ? Double(hours.reduce(0) { $0 + $1[keyPath: extreme] }) / Double(judged) : 0
    guard rate > 0, rate < 1 else { return [] }
    var result: [String] = []
    var run: [Hour] = []
    for hour in hours + [Hour(start: "", judged: 1, lowest: 0, highest: 0)] {
      if hour.judged > 0, hour[keyPath: extreme] == hour.judged {
        run.append(hour)
        continue
      }
      let rows = run.reduce(0) { $0 + $1.judged }
      if rows > 0, Double(hours.count) * pow(rate, Double(rows)) < chance, let first = run.first, let last = run.last {
        result.append("all \(rows) scores from \(first.start) on, in hours up to \(last.start), are \(score)")
      }
      run = []
    }
    return result
  }
}
