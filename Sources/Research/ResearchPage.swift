internal import Outcomes

/// The tables of all scenarios, as one page of Markdown.
public struct ResearchPage {
  private let results: [ScenarioResult]

  /// Gathers the results.
  public init(results: [ScenarioResult]) { self.results = results }

  /// The page.
  public var markdown: String {
    (["# Policies in simulated worlds", ResearchPage.measures] + results.map(section)).joined(separator: "\n\n") + "\n"
  }

  private static let measures = """
    Means over seeds with 95 % intervals (Student's t over seeds); every policy meets the same worlds and logs, and each
    number is the truth of the world, not an estimate. Savings are of what the agent's default costs, the dearest model
    served to all. *Done and cheaper* is the share of outcomes that are done by a model cheaper than that. *Regret* is the
    quality that the best model of each cell has over the policy. *Floor violations* are the share of outcomes served by a
    model that is truly under the floor, or not served. *AIQ* (Hu et al. 2024, RouterBench) is the mean height of the
    cost–quality hull of a policy whose floors are swept, over the costs of the single models. *Saving at equal quality* is
    against the mix of single models that has the policy's quality; where no mix has it there is none.
    """

  private func section(_ result: ScenarioResult) -> String {
    """
    ## \(result.scenario)

    \(result.summary.prefix(1).uppercased() + result.summary.dropFirst()). Logs of \(result.rows) outcomes, seeds \
    \(result.seeds.first ?? 0) to \(result.seeds.last ?? 0).

    \(result.markdown)

    The floors ask for a mean quality of \(result.floorQuality.decimals(4)). Of \(result.seeds.count) seeds the learned
    policy beats the static one on \(wins(result, .areaUnderCurve)) by AIQ, on \(wins(result, .floorViolations)) by floor
    violations, on \(wins(result, .quality)) by quality and on \(wins(result, .cost)) by cost; on each it saves at least
    \((100 * result.leastOracleShare).decimals(1)) % of what the oracle saves. \(singles(result))

    ![quality against cost](\(result.scenario).svg)
    """
  }

  private func wins(_ result: ScenarioResult, _ measure: Measure) -> Int {
    result.learnedBeatsStatic[measure.rawValue] ?? 0
  }

  private func singles(_ result: ScenarioResult) -> String {
    let names = result.betterSingles
    return names.isEmpty
      ? "No single model served to all is as good for less."
      : "**Served to all, \(names.count == 1 ? "this single model is" : "these single models are") as good for less, on "
        + "average: \(names.joined(separator: ", ")).** The floors of some tasks are then missed."
  }
}
