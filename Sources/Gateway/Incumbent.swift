public import Policies
public import Replay

/// The policy of the last promoted run, as the ledger has it, and what the ledger says of tonight.
public struct Incumbent: Sendable {
  /// The policy that served some time ago.
  public struct Anchor: Sendable {
    /// Its version.
    public let version: String
    /// The policy.
    public let policy: Policy
  }

  /// Its version; nil before any was promoted.
  public let version: PolicyVersion?
  /// The policy.
  public let policy: Policy
  /// The ruleset that it was gated by; nil before any was promoted.
  public let rulesetHash: String?
  /// The tries since the last promotion: runs that were neither shadow nor promoted, and whose evidence was looked at.
  public let triesSince: Int
  /// The rollback that nobody has resumed from.
  public let pause: LedgerStanding.Pause?
  /// The versions that were rolled back and not promoted since.
  public let rolledBack: [String]
  /// The policy that served some days ago; nil where that is the incumbent.
  public let anchor: Anchor?

  /// The rolled-back version whose table has this hash; nil where there is none.
  public func rolledBackVersion(hash: String) -> String? { rolledBack.first { $0.hasSuffix("+\(hash)") } }
}
