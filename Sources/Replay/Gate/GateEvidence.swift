public import Outcomes
public import Policies

/// What the ledger says of a run's place in the history; nothing of it where there is no ledger.
public struct LedgerStanding: Sendable {
  /// A rollback that nobody has resumed from.
  public struct Pause: Sendable, Equatable {
    /// When, ISO 8601.
    public let since: String
    /// The version that was left.
    public let from: String
    /// The version that every tenant went back to.
    public let to: String

    /// Notes a rollback.
    public init(since: String, from: String, to: String) {
      self.since = since
      self.from = from
      self.to = to
    }
  }

  /// Whether there is a ledger.
  public var hasLedger = false
  /// The ruleset that the incumbent was gated by; nil before there is an incumbent.
  public var incumbentRuleset: String?
  /// Whether a flag allows the ruleset to change.
  public var allowsRulesetChange = false
  /// The rollback that nobody has resumed from.
  public var pause: Pause?
  /// The version with the candidate's table that was rolled back and not promoted since, unless a flag names it.
  public var rolledBackVersion: String?
  /// Which try since the last promotion this is, from 1.
  public var attempt = 1

  /// No ledger.
  public init() {}
}

/// All that the gate looks at.
public struct GateEvidence {
  /// The candidate beside another policy on the same rows.
  public struct Reference {
    /// What the other policy is.
    public let name: String
    /// The models that it serves everywhere; empty of a policy that differs by cell.
    public let arms: [Int]
    /// What the candidate has over it.
    public let comparison: PolicyComparison

    /// Names a comparison.
    public init(name: String, arms: [Int] = [], comparison: PolicyComparison) {
      self.name = name
      self.arms = arms
      self.comparison = comparison
    }
  }

  /// The counts of the window.
  public var survey: Survey
  /// This run's ruleset hash.
  public var ruleset: String
  /// What the ledger says.
  public var standing: LedgerStanding
  /// The training rows by task and model.
  public var training: OutcomeTally
  /// The training rows by tenant.
  public var tenants: TenantTally
  /// The holdout rows by task and model.
  public var holdout: OutcomeTally
  /// The newest sixth of the holdout by task and model.
  public var newest: OutcomeTally
  /// The replay.
  public var replay: PairedReplay
  /// How the propensities were known.
  public var propensities: PropensityCounts
  /// The policy that served some time ago; nil where there is none but the incumbent.
  public var anchor: Reference?
  /// The mix of two models at the candidate's cost; nil where there is none.
  public var staticMix: Reference?
  /// The cells by the replay's numbers.
  public var cells: [Cell]
  /// The candidate.
  public var candidate: Policy
  /// How the candidate's artifact, read back, differs from the candidate.
  public var reload: PolicyArtifact.Difference
  /// The incumbent.
  public var incumbent: Policy
  /// Today's catalog.
  public var catalog: Catalog
  /// The decision rule.
  public var rule: DecisionRule

  /// Gathers the evidence.
  public init(
    survey: Survey, ruleset: String, standing: LedgerStanding, replayer: Replayer, tenants: TenantTally,
    cells: [Cell], candidate: Policy,
    reload: PolicyArtifact.Difference, incumbent: Policy, catalog: Catalog, rule: DecisionRule
  ) {
    self.survey = survey
    self.ruleset = ruleset
    self.standing = standing
    training = replayer.trainingTally
    self.tenants = tenants
    holdout = replayer.tally
    newest = replayer.newest
    replay = replayer.replay
    propensities = replayer.propensities
    self.cells = cells
    self.candidate = candidate
    self.reload = reload
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
  }
}
