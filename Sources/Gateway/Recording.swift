public import Replay

/// What must still hold at commit time for a run to be promoted.
public struct PromotionTerms: Sendable, Equatable {
  /// The version that the run replayed as its incumbent; nil for the untrained policy.
  public var replayed: String?
  /// The models that serve a cell of the candidate, which must all be enrolled still.
  public var picks: [String]
  /// Whether the version may reach fewer tenants than the last promotion did.
  public var allowsFewerTenants: Bool

  /// Makes terms.
  public init(replayed: String?, picks: [String] = [], allowsFewerTenants: Bool = false) {
    self.replayed = replayed
    self.picks = picks
    self.allowsFewerTenants = allowsFewerTenants
  }
}

/// What the ledger's transaction did.
public struct Recording: Sendable, Equatable {
  /// The run as it was recorded.
  public let run: TrainingRun
  /// The version that served when the transaction held the lock; nil before any was promoted.
  public let serving: String?
  /// The checks that only the transaction can make, those that were made.
  public let checks: [GateCheck]
  /// How many tenants were moved; nil where none was to be.
  public let tenantsMoved: Int?
}
