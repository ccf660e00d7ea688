/// How the probability with which the router chose a row's model is known.
public enum Propensity: Sendable, Equatable {
  /// The router logged it: in (0,1].
  case logged(Double)
  /// The decision is marked deterministic: 1.
  case deterministic
  /// The decision is marked deterministic, and of the several policy versions that made such decisions the one that
  /// made this is known.
  case version
  /// Nothing was logged; replay estimates it from the training rows.
  case unknown
  /// What was logged is no probability above zero; the row has weight 0 and is counted.
  case invalid

  /// Reads what was logged; a deterministic mark counts only where no number was logged.
  public init(logged value: Double?, isDeterministic: Bool, isOfKnownVersion: Bool = false) {
    if let value {
      self = value > 0 && value <= 1 ? .logged(value) : .invalid
    } else if isDeterministic {
      self = isOfKnownVersion ? .version : .deterministic
    } else {
      self = .unknown
    }
  }
}
