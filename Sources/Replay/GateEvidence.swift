public import Outcomes
public import Policies

/// All that the gate looks at.
public struct GateEvidence {
  /// The counts of the window.
  public var survey: Survey
  /// The labels of training rows.
  public var trainingLabels: LabelTally
  /// Why this run may not serve, for its cadence; nil where it may.
  public var servingBar: String?
  /// The incumbent's ruleset hash; nil before there is an incumbent.
  public var incumbentRuleset: String?
  /// This run's ruleset hash.
  public var ruleset: String
  /// Whether a flag allows the ruleset to change.
  public var allowsRulesetChange: Bool
  /// The replay.
  public var replay: PairedReplay
  /// How the propensities were known.
  public var propensities: PropensityCounts
  /// The cells by the replay's numbers.
  public var cells: [Cell]
  /// The candidate.
  public var candidate: Policy
  /// The candidate, written and read back.
  public var reloaded: Policy
  /// The incumbent.
  public var incumbent: Policy
  /// Today's catalog.
  public var catalog: Catalog
  /// The decision rule.
  public var rule: DecisionRule
  /// Which try since the last promotion this is, from 1.
  public var attempt: Int

  /// Gathers the evidence.
  public init(
    survey: Survey, trainingLabels: LabelTally, servingBar: String?, incumbentRuleset: String?, ruleset: String,
    allowsRulesetChange: Bool, replay: PairedReplay, propensities: PropensityCounts, cells: [Cell], candidate: Policy,
    reloaded: Policy, incumbent: Policy, catalog: Catalog, rule: DecisionRule, attempt: Int
  ) {
    self.survey = survey
    self.trainingLabels = trainingLabels
    self.servingBar = servingBar
    self.incumbentRuleset = incumbentRuleset
    self.ruleset = ruleset
    self.allowsRulesetChange = allowsRulesetChange
    self.replay = replay
    self.propensities = propensities
    self.cells = cells
    self.candidate = candidate
    self.reloaded = reloaded
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.attempt = attempt
  }
}
