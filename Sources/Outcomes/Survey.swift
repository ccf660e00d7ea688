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

  /// The judged rows of an hour, and how many of them have the lowest score.
  public struct Hour: Sendable, Equatable {
    /// The number of the hour, from any beginning.
    public let number: Int
    /// When the hour begins, ISO 8601.
    public let start: String
    /// The eligible judged rows.
    public var judged: Int
    /// Those of the lowest score.
    public var lowest: Int

    /// Counts an hour.
    public init(number: Int, start: String, judged: Int, lowest: Int) {
      self.number = number
      self.start = start
      self.judged = judged
      self.lowest = lowest
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

  /// The times in which every score is the lowest, where that cannot be chance: a judge that was down, or a parser that failed.
  ///
  /// An hour's rate of the lowest score is the greatest of the log's, that of the same hour on other days and that of the same
  /// hour of the week in other weeks, for work may have its own hours. Of n rows in a row, at rates p, each of the H hours may
  /// begin a time, so the chance is at most `H Π pⁿ`.
  public func labelOutages(chance: Double) -> [String] {
    let rates = LowestScoreRates(hours)
    guard rates.overall > 0, rates.overall < 1 else { return [] }
    var result: [String] = []
    var run: [Hour] = []
    for hour in hours + [Hour(number: 0, start: "", judged: 1, lowest: 0)] {
      if hour.judged > 0, hour.lowest == hour.judged {
        run.append(hour)
        continue
      }
      let rows = run.reduce(0) { $0 + $1.judged }
      let logarithm = run.reduce(log(Double(hours.count))) { $0 + Double($1.judged) * log(rates.rate(of: $1)) }
      if let first = run.first, let last = run.last, logarithm < log(chance) {
        result.append("all \(rows) scores in the hours from \(first.start) to \(last.start) are 1")
      }
      run = []
    }
    return result
  }
}

/// How often the lowest score is given: over a log, in an hour of the day, and in an hour of the week.
private struct LowestScoreRates {
  private struct Count {
    var judged = 0
    var lowest = 0

    /// The rate without the rows of an hour; nil where there are no others.
    func rate(without hour: Survey.Hour) -> Double? {
      judged > hour.judged ? Double(lowest - hour.lowest) / Double(judged - hour.judged) : nil
    }
  }

  private var day: [Int: Count] = [:]
  private var week: [Int: Count] = [:]
  let overall: Double

  init(_ hours: [Survey.Hour]) {
    var total = Count()
    for hour in hours {
      total.judged += hour.judged
      total.lowest += hour.lowest
      day[hour.number % 24, default: Count()].judged += hour.judged
      day[hour.number % 24, default: Count()].lowest += hour.lowest
      week[hour.number % 168, default: Count()].judged += hour.judged
      week[hour.number % 168, default: Count()].lowest += hour.lowest
    }
    overall = total.judged > 0 ? Double(total.lowest) / Double(total.judged) : 0
  }

  func rate(of hour: Survey.Hour) -> Double {
    max(
      overall, day[hour.number % 24]?.rate(without: hour) ?? 0, week[hour.number % 168]?.rate(without: hour) ?? 0)
  }
}
