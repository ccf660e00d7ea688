internal import Outcomes

/// How the propensities of the holdout rows were known.
public struct PropensityCounts: Sendable, Equatable {
  /// Logged by the router.
  public var logged = 0
  /// 1, for the decision was marked deterministic.
  public var deterministic = 0
  /// The share of the policy versions that would have chosen the model, for the decision was deterministic and several
  /// versions served (Strehl, Langford, Li, Kakade 2010).
  public var versions = 0
  /// Estimated as the model's smoothed share of the cell's training rows, which assumes no hidden cause of the choice.
  public var estimated = 0
  /// No probability above zero, or not what the versions would have done: weight 0 in both policies.
  public var invalid = 0
  /// Under the least that training saw for the model in the task, or of a model that training did not see there: weight
  /// 0 in both policies.
  public var belowLeast = 0

  /// No rows.
  public init() {}

  /// The rows of each kind, with the kind's name in reports.
  public var kinds: [(name: String, rows: Int)] {
    [
      ("logged", logged), ("deterministic", deterministic), ("versions", versions), ("estimated", estimated),
      ("invalid", invalid), ("below_least", belowLeast),
    ]
  }

  /// All rows.
  public var total: Int { kinds.reduce(0) { $0 + $1.rows } }

  /// What share of the rows was of which kind, as text.
  public var summary: String {
    guard total > 0 else { return "no rows" }
    return kinds.filter { $0.rows > 0 }
      .map {
        "\($0.rows) \($0.name.replacing("_", with: " ")) (\((100 * Double($0.rows) / Double(total)).decimals(1)) %)"
      }
      .joined(separator: ", ")
  }
}
