package import Outcomes
package import Policies
package import Replay

/// A candidate on its way through replay and gate, with the policies that it is held against beside the incumbent.
package struct Judgement {
  package let learning: Learning
  package let catalog: Catalog
  package let settings: Settings
  package let incumbent: Policy
  /// The policy that served some time ago, with what it is called.
  package var anchor: (name: String, policy: Policy)?

  /// Prepares a replay.
  /// - Parameter anchor: the policy that served some time ago, with what it is called; nil for none.
  package init(
    learning: Learning, catalog: Catalog, settings: Settings, incumbent: Policy,
    anchor: (name: String, policy: Policy)? = nil
  ) {
    self.learning = learning
    self.catalog = catalog
    self.settings = settings
    self.incumbent = incumbent
    self.anchor = anchor
  }

  /// Replays the holdout, ends the reading and makes the gate.
  /// - Parameters:
  ///   - strata: the holdout's sampling by the judge.
  ///   - others: policies that are valued on the same rows.
  /// - Throws: what the source throws.
  package func judge<Source: OutcomeSource & ~Copyable>(
    _ source: inout Source, statistics: ChoiceCounts, survey: Survey, standing: LedgerStanding,
    sampling: SamplingWeights? = nil, others: [ComparedPolicy] = []
  ) throws -> (replayer: Replayer, gate: Gate, cells: [Cell]) {
    let mix = BaselinePolicies(
      candidate: learning.candidate, incumbent: incumbent, catalog: catalog, rule: settings.learner.rule,
      tally: learning.tally, truth: nil
    ).costMatchedMix()
    var companions = Replayer.Companions()
    companions.policies = others
    if let mix { companions.references.append(mix.policy) }
    if let anchor { companions.references.append(served(anchor.policy)) }
    let replayer = try learning.replay(
      from: &source, statistics: statistics, catalog: catalog, settings: settings, incumbent: incumbent,
      sampling: sampling ?? SamplingWeights(strata: survey.strata.holdout), companions: companions)
    try source.finish()
    let cells = source.directory.cells
    var evidence = GateEvidence(
      survey: survey, ruleset: try settings.rulesetHash, standing: standing, replayer: replayer,
      tenants: learning.tenants, cells: cells,
      candidate: learning.candidate, reload: learning.artifact.difference(from: learning.candidate),
      incumbent: incumbent,
      catalog: catalog, rule: settings.learner.rule)
    if let mix {
      evidence.staticMix = GateEvidence.Reference(name: mix.name, arms: mix.arms, comparison: replayer.comparisons[0])
    }
    if let anchor, let comparison = replayer.comparisons.last {
      evidence.anchor = GateEvidence.Reference(name: anchor.name, comparison: comparison)
    }
    return (replayer, Gate(evidence, thresholds: settings.thresholds), cells)
  }

  /// A policy's picks with the exploration of the candidate's table.
  private func served(_ policy: Policy) -> ComparedPolicy {
    let (catalog, rule, candidate) = (catalog, settings.learner.rule, learning.candidate)
    return ComparedPolicy("anchor") { cell in
      let pick = policy.decide(cell, catalog: catalog, rule: rule).arm
      return candidate.probabilities(of: cell, servedBy: pick, catalog: catalog)
    }
  }
}
