/// What a policy does in one cell, over the arms of a catalog.
public struct Service: Sendable, Equatable {
  /// The pick and its ground.
  public let decision: Decision
  /// The quality of each arm as the policy sees it, in [0,1].
  public let quality: [Double]
  /// The probability of each arm; they sum to 1, or to 0 where nothing is served.
  public let probabilities: [Double]
}
