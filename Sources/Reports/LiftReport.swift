public import Replay

/// A lift with its intervals.
public struct LiftReport: Codable, Sendable {
  /// An interval by one method.
  public struct IntervalReport: Codable, Sendable {
    /// How it was made.
    public let method: String
    /// The lower end; nil where nothing bounds it.
    public let lower: Double?
    /// The upper end; nil where nothing bounds it.
    public let upper: Double?
    /// The confidence it claims.
    public let level: Double

    init(_ interval: Interval) {
      method = interval.method.rawValue
      lower = interval.lower.isFinite ? interval.lower : nil
      upper = interval.upper.isFinite ? interval.upper : nil
      level = interval.level
    }
  }

  /// The estimate.
  public let mean: Double
  /// Its standard error.
  public let standardError: Double
  /// The lower end of the interval that the gate goes by; nil where nothing bounds it.
  public let lower: Double?
  /// The upper end of the interval that the gate goes by; nil where nothing bounds it.
  public let upper: Double?
  /// The confidence of the interval.
  public let level: Double
  /// How that interval was made.
  public let method: String
  /// The intervals by every method, at the same level.
  public let intervals: [IntervalReport]

  /// Copies a lift.
  public init(_ lift: Lift) {
    let interval = IntervalReport(lift.interval)
    mean = lift.mean
    standardError = lift.standardError
    lower = interval.lower
    upper = interval.upper
    level = interval.level
    method = interval.method
    intervals = Interval.Method.allCases.map { IntervalReport(lift.interval($0)) }
  }
}
