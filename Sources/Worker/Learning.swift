internal import Gateway
public import LinUCB
public import Outcomes
public import Policies
public import Replay

/// From a source of outcomes to a candidate and its replay: the part of a run that no database needs.
public struct Learning: Sendable {
  /// The training rows' sums beside the statistics.
  public let tally: TrainingTally
  /// The candidate.
  public let candidate: Policy
  /// The candidate's canonical JSON, which is what its hash is of and what ships.
  public let artifact: [UInt8]

  /// Reads the training rows, fits, and decides every cell.
  /// - Throws: what the source throws; `LinUCBError`.
  public static func learn<Source: OutcomeSource & ~Copyable>(
    from source: inout Source, catalog: Catalog, settings: Settings, incumbent: Policy
  ) throws -> (learning: Learning, statistics: Statistics) {
    let arms = catalog.models.count
    let usesTokens = settings.selection.usesInputTokens
    var builder = StatisticsBuilder(arms: arms, varying: usesTokens ? 1 : 0)
    var tally = TrainingTally(arms: arms)
    var tokens = [0.0]
    try source.readTraining { outcome, directory in
      tally.add(outcome, directory: directory)
      if usesTokens {
        tokens[0] = outcome.logTokens
        builder.add(
          cell: outcome.cell, arm: outcome.arm, reward: outcome.reward, rootWeight: outcome.rootWeight,
          varying: tokens.span)
      } else {
        builder.add(
          cell: outcome.cell, arm: outcome.arm, reward: outcome.reward, rootWeight: outcome.rootWeight)
      }
    }
    let statistics = builder.finish()
    let table = try Table(
      statistics, directory: source.directory, priors: catalog.priors, names: catalog.models.map(\.slug),
      ridge: settings.ridge)
    let candidate = settings.learner.learn(table, catalog: catalog, incumbent: incumbent)
    return (Learning(tally: tally, candidate: candidate, artifact: candidate.canonicalJSON), statistics)
  }

  /// Streams the holdout through the paired replay.
  /// - Parameters:
  ///   - versions: the versions that made the log's deterministic decisions, where there are several.
  ///   - sampling: how many outcomes of the traffic a judged row stands for.
  ///   - others: policies that are replayed on the same rows.
  /// - Throws: what the source throws.
  public func replay<Source: OutcomeSource & ~Copyable>(
    from source: inout Source, statistics: Statistics, catalog: Catalog, settings: Settings, incumbent: Policy,
    versions: VersionMixture? = nil, sampling: SamplingWeights = .even, others: [ComparedPolicy] = []
  ) throws -> Replayer {
    var replayer = Replayer(
      candidate: candidate, incumbent: incumbent, catalog: catalog, rule: settings.learner.rule,
      log: Replayer.LogKnowledge(
        tally: tally, estimatedPropensity: estimatedPropensity(statistics, source.directory), versions: versions,
        sampling: sampling), others: others)
    try source.readHoldout { outcome, directory in replayer.add(outcome, directory: directory) }
    return replayer
  }

  /// The gate on a replay of this candidate.
  /// - Parameters:
  ///   - servingBar: why the run may not serve; nil where it may.
  ///   - standing: what the ledger says of the incumbent; nothing where there is no ledger.
  /// - Throws: `PolicyError` where the artifact cannot be read back.
  func gate(
    _ replayer: Replayer, survey: Survey, cells: [Cell], catalog: Catalog, settings: Settings, incumbent: Policy,
    servingBar: String?, standing: Standing = Standing()
  ) throws -> Gate {
    Gate(
      GateEvidence(
        survey: survey, trainingLabels: tally.labels, servingBar: servingBar,
        incumbentRuleset: standing.incumbentRuleset, ruleset: settings.rulesetHash,
        allowsRulesetChange: standing.allowsRulesetChange, replay: replayer.replay,
        propensities: replayer.propensities, cells: cells, candidate: candidate,
        reloaded: try Policy(canonicalJSON: artifact), incumbent: incumbent, catalog: catalog,
        rule: settings.learner.rule, attempt: standing.attempt),
      thresholds: settings.thresholds)
  }

  /// What the ledger says of the incumbent.
  struct Standing {
    /// The ruleset that it was gated by.
    var incumbentRuleset: String?
    /// Whether another ruleset may follow.
    var allowsRulesetChange = false
    /// Which try since the last promotion this is, from 1.
    var attempt = 1
  }

  /// The smoothed share of an arm in a cell's training rows; every arm alike in a cell without rows.
  private func estimatedPropensity(_ statistics: Statistics, _ directory: CellDirectory) -> (Cell, Int) -> Double {
    let arms = statistics.arms
    let numbers =
      tally.hasUnknownPropensities
      ? Dictionary(zip(directory.cells, 0..<statistics.cells), uniquingKeysWith: { first, _ in first }) : [:]
    return { cell, arm in
      guard let number = numbers[cell] else { return 1 / Double(arms) }
      let chosen = Double(statistics.counts[number * arms + arm])
      return (chosen + 1) / (Double(statistics.rows(cell: number)) + Double(arms))
    }
  }
}
