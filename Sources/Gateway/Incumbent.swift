public import Policies

/// The policy of the last promoted run, as the ledger has it.
public struct Incumbent: Sendable {
  /// Its version; nil before any was promoted.
  public let version: PolicyVersion?
  /// The policy.
  public let policy: Policy
  /// The ruleset that it was gated by; nil before any was promoted.
  public let rulesetHash: String?
  /// The tries since then that were neither shadow nor promoted.
  public let triesSince: Int

  /// Makes an incumbent.
  public init(version: PolicyVersion?, policy: Policy, rulesetHash: String?, triesSince: Int) {
    self.version = version
    self.policy = policy
    self.rulesetHash = rulesetHash
    self.triesSince = triesSince
  }
}
