/// Who chose the models of a log that is drawn from full information.
public enum LoggingRouter: Sendable, Equatable {
  /// Every model alike.
  case uniform
  /// What the priors choose, always.
  case prior
  /// What the priors choose, but for a share in which every model is alike.
  case epsilon(Double)

  /// `uniform`, `prior` or `epsilon=0.2`.
  public init?(_ text: String) {
    switch text {
    case "uniform": self = .uniform
    case "prior": self = .prior
    default:
      guard text.hasPrefix("epsilon="), let share = Double(text.dropFirst(8)), share > 0, share <= 1 else { return nil }
      self = .epsilon(share)
    }
  }

  /// The share of calls in which every model is alike.
  var exploration: Double {
    switch self {
    case .uniform: 1
    case .prior: 0
    case .epsilon(let share): share
    }
  }
}
