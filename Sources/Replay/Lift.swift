/// How much better the candidate is than the incumbent: the paired difference of their doubly robust scores.
///
/// It assumes that every model a policy would choose had a chance of being chosen (positivity), that within a cell
/// nothing unseen drove both the router's choice and the outcome, and that judged outcomes stand for the traffic.
public struct Lift: Sendable {
  /// What the lift assumes, and when it misleads.
  public static let assumption =
    "every model a policy would choose had a chance of being chosen; within a cell nothing unseen drove both the "
    + "router's choice and the outcome; the past is like the future"

  /// The estimate.
  public let mean: Double
  /// The confidence of `interval`.
  public let level: Double
  private let difference: PairedDifference
  private let bootstrap: ClusterBootstrap

  /// The lift of a quantity, with its cluster bootstrap at level `alpha`.
  public init(_ replay: PairedReplay, _ quantity: Quantity, alpha: Double, draws: Int, seed: UInt64) {
    difference = replay.difference(quantity)
    bootstrap = ClusterBootstrap(difference, draws: draws, seed: seed)
    mean = difference.mean
    level = 1 - alpha
  }

  /// The standard error over groups of agents.
  public var standardError: Double { difference.standardError }

  /// The interval that the gate goes by, with the error split between its ends.
  public var interval: Interval { interval(.clusterBootstrap) }

  /// An interval of the lift at `level`, or at another.
  public func interval(_ method: Interval.Method, level other: Double? = nil) -> Interval {
    let level = other ?? level
    let error = (1 - level) / 2
    return Interval(
      method: method, level: level, lower: lowerBound(method, error: error), upper: upperBound(method, error: error))
  }

  /// The bound that the lift is above with confidence `1 - error`; `-infinity` where nothing bounds it.
  public func lowerBound(_ method: Interval.Method = .clusterBootstrap, error: Double) -> Double {
    guard difference.rows.count > 0 else { return -.infinity }
    return method == .clusterBootstrap ? bootstrap.lower(error: error) : mean - margin(method, error)
  }

  /// The bound that the lift is below with confidence `1 - error`; `infinity` where nothing bounds it.
  public func upperBound(_ method: Interval.Method = .clusterBootstrap, error: Double) -> Double {
    guard difference.rows.count > 0 else { return .infinity }
    return method == .clusterBootstrap ? bootstrap.upper(error: error) : mean + margin(method, error)
  }

  private func margin(_ method: Interval.Method, _ error: Double) -> Double {
    switch method {
    case .clusterBootstrap, .studentT: difference.studentTMargin(error: error)
    case .normal: difference.normalMargin(error: error)
    case .empiricalBernstein: difference.empiricalBernsteinMargin(error: error)
    }
  }
}
