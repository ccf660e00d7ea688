internal import Outcomes
public import Replay
public import Simulation

/// The value of one policy, estimated and true.
public struct PolicyReport: Codable, Sendable {
  /// An estimate of one quantity.
  public struct Estimate: Codable, Sendable {
    /// The doubly robust estimate; nil where nothing can be told.
    public let value: Double?
    /// Its standard error.
    public let standardError: Double?
    /// What it has over the incumbent.
    public let lift: Double
    /// The lower end of the lift's interval; nil where nothing bounds it.
    public let lower: Double?
    /// The upper end; nil where nothing bounds it.
    public let upper: Double?
    /// The confidence of the interval.
    public let level: Double

    init(_ replay: PairedReplay, _ quantity: Quantity, thresholds: GateThresholds) {
      let estimate = replay.candidate.estimate(quantity, .doublyRobust)
      let lift = Lift(replay, quantity, alpha: 0.05, draws: thresholds.draws, seed: thresholds.seed)
      let interval = LiftReport(lift)
      value = estimate?.value
      standardError = estimate?.standardError
      self.lift = lift.mean
      lower = interval.lower
      upper = interval.upper
      level = interval.level
    }
  }

  /// Its name.
  public let name: String
  /// By quantity; empty where it cannot be estimated from the log.
  public let estimates: [String: Estimate]
  /// Why it cannot be estimated; nil where it can.
  public let absent: String?
  /// What it is truly worth.
  public let truth: Truth.Value?

  /// Reports a policy that was replayed in the candidate's place.
  /// - Parameter absence: why the log does not show what it does; nil where it does.
  public init(
    _ name: String, _ replay: PairedReplay, absence: String?, thresholds: GateThresholds, truth: Truth.Value?
  ) {
    self.name = name
    estimates =
      absence == nil
      ? Dictionary(
        uniqueKeysWithValues: Quantity.allCases.filter { replay.served($0).rows.count > 0 }.map {
          ($0.name, Estimate(replay, $0, thresholds: thresholds))
        }) : [:]
    absent = absence
    self.truth = truth
  }

  /// Reports a policy of which only the truth is known.
  public init(_ name: String, truth: Truth.Value) {
    self.name = name
    estimates = [:]
    absent = "it is of single prompts, which a log does not show"
    self.truth = truth
  }
}
