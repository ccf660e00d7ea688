/// What the ledger's transaction did.
public struct Recording: Sendable, Equatable {
  /// The run as it was recorded.
  public let run: TrainingRun
  /// The version that served when the transaction held the lock; nil before any was promoted.
  public let serving: String?
}
