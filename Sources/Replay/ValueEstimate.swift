/// An estimate of a policy's value.
public struct ValueEstimate: Sendable, Equatable {
  /// The estimate, in the unit of its quantity.
  public let value: Double
  /// Its standard error, taking rows as independent; of a ratio by the delta method. 0 of fewer than two rows.
  public let standardError: Double
}
