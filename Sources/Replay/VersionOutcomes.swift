internal import Outcomes

/// What the log's own choices gave while one policy version served.
///
/// Versions that served one after another are no experiment: a judge that drifts between them looks like a lift of any size. So
/// these means are shown, and never carry a promotion.
public struct VersionOutcomes: Sendable {
  /// The rewards, in [0,1].
  public private(set) var reward = Moments()
  /// 1 of a call that is done, else 0.
  public private(set) var done = Moments()
  /// The costs that are known, in USD.
  public private(set) var cost = Moments()

  /// No rows.
  public init() {}

  @inline(__always)
  mutating func add(_ outcome: Outcome, weight: Double) {
    reward.add(outcome.reward, weight: weight)
    done.add(outcome.isDone ? 1 : 0, weight: weight)
    if let value = outcome.cost { cost.add(value, weight: weight) }
  }

  /// Adds the rows of another number of the same version.
  public mutating func merge(_ other: VersionOutcomes) {
    reward.merge(other.reward)
    done.merge(other.done)
    cost.merge(other.cost)
  }

  /// The rows.
  public var rows: Int { reward.count }
}
