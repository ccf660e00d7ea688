/// What a policy's value is measured in.
public enum Quantity: Int, CaseIterable, Sendable {
  /// The judged quality, in [0,1].
  case reward
  /// The share of calls that succeeded with a score of at least 3, in [0,1].
  case done
  /// USD for an outcome.
  case cost

  /// The name in reports.
  public var name: String {
    switch self {
    case .reward: "reward"
    case .done: "done"
    case .cost: "cost_usd"
    }
  }
}
