public import Outcomes
public import Policies
public import Simulation

/// What is true of a simulated dataset, to stand beside the estimates.
public struct TruthReport: Codable, Sendable {
  /// The incumbent's value.
  public let incumbent: Truth.Value
  /// The candidate's value.
  public let candidate: Truth.Value
  /// The candidate's less the incumbent's.
  public let lift: Truth.Value
  /// The best that the decision rule could do, with the same exploration, if it knew the truth.
  public let best: Truth.Value

  /// Values two policies in a world, both with the exploration of the candidate's table, as the replay does.
  public init(_ truth: Truth, incumbent: Policy, candidate: Policy, catalog: Catalog, rule: DecisionRule) {
    self.incumbent = truth.value(
      of: ComparedPolicy("incumbent") { cell in
        let pick = incumbent.serve(cell, catalog: catalog, rule: rule).decision.arm
        return candidate.probabilities(of: cell, servedBy: pick, catalog: catalog)
      }, catalog: catalog)
    self.candidate = truth.value(of: candidate, catalog: catalog, rule: rule)
    lift = self.candidate - self.incumbent
    best = truth.bestPossible(catalog: catalog, rule: rule, exploration: candidate.exploration)
  }
}
