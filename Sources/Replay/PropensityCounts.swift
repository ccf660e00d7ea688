internal import Outcomes

/// How the propensities of the holdout rows were known.
public struct PropensityCounts: Sendable, Equatable {
  /// Logged by the router.
  public var logged = 0
  /// 1, for the decision was marked deterministic.
  public var deterministic = 0
  /// Estimated as the model's share of the cell's training rows, shrunk to its share in the task, which assumes that no
  /// hidden reason drove the choice.
  public var estimated = 0
  /// No probability above zero: weight 0 in both policies.
  public var invalid = 0
  /// Under the least that training saw for the model in the task, or of a model that training did not see there: weight
  /// 0 in both policies.
  public var belowLeast = 0
  /// Rows in cells whose pick changes, of any kind.
  public var changed = 0
  /// Those of them whose propensity was logged.
  public var changedLogged = 0

  /// No rows.
  public init() {}

  /// The rows of each kind, with the kind's name in reports.
  public var kinds: [(name: String, rows: Int)] {
    [
      ("logged", logged), ("deterministic", deterministic), ("estimated", estimated), ("invalid", invalid),
      ("below_least", belowLeast),
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
