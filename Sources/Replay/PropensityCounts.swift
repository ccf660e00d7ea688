/// How the propensities of the holdout rows were known.
public struct PropensityCounts: Sendable, Equatable {
  /// Logged by the router.
  public var logged = 0
  /// 1, for the decision was marked deterministic.
  public var deterministic = 0
  /// Estimated as the model's smoothed share of the cell's training rows, which assumes no hidden cause of the choice.
  public var estimated = 0
  /// Logged, but no probability above zero: weight 0 in both policies.
  public var invalid = 0
  /// Logged, but under the least that training saw for the model in the task: weight 0 in both policies.
  public var belowLeast = 0
}
