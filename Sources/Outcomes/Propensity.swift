/// How the probability with which the router chose a row's model is known.
public enum Propensity: Sendable, Equatable {
  /// The router logged it: in (0,1].
  case logged(Double)
  /// The decision is marked deterministic: 1.
  case deterministic
  /// Nothing was logged; replay estimates it from the training rows.
  case unknown
  /// What was logged is no probability above zero; the row has weight 0 and is counted.
  case invalid

  /// The least propensity that a row may have, under which its weight is larger than any log can bear.
  public static let least = 1e-9

  /// Reads what was logged; a deterministic mark counts only where no number was logged.
  public init(logged value: Double?, isDeterministic: Bool) {
    if let value {
      self = value >= Propensity.least && value <= 1 ? .logged(value) : .invalid
    } else {
      self = isDeterministic ? .deterministic : .unknown
    }
  }

  /// The probability that was logged; nil of any other kind.
  public var logged: Double? {
    if case .logged(let value) = self { return value }
    return nil
  }
}
