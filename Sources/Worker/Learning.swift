internal import Gateway
public import LinUCB
public import Outcomes
public import Policies
public import Replay

/// From a source of outcomes to a candidate and its replay: the part of a run that no database needs.
public struct Learning: Sendable {
  /// The training rows by task and model.
  public let tally: OutcomeTally
  /// The training rows by tenant.
  public let tenants: TenantTally
  /// The fit's table, which the candidate was decided by; nil where nobody asked for it.
  public let table: Table?
  /// `σ̂` of each arm.
  public let residualStandardDeviations: [Double]
  /// The ridge that it was fitted with.
  public let ridge: Ridge
  /// The candidate.
  public let candidate: Policy
  /// The candidate as it ships.
  public let artifact: PolicyArtifact

  /// Reads the training rows, fits, and decides every cell.
  /// - Parameters:
  ///   - strata: how many succeeded outcomes of each stratum of the training rows were judged; empty where all.
  ///   - keepsTable: whether the fit's table is kept, which nothing but another decision rule needs.
  /// - Throws: what the source throws; `LinUCBError`.
  public static func learn<Source: OutcomeSource & ~Copyable>(
    from source: inout Source, catalog: Catalog, settings: Settings, incumbent: Policy,
    strata: [Stratum: StratumCount] = [:], keepsTable: Bool = false
  ) throws -> (learning: Learning, statistics: ChoiceCounts) {
    let arms = catalog.models.count
    let usesTokens = settings.selection.usesInputTokens
    var builder = StatisticsBuilder(arms: arms, varying: usesTokens ? 1 : 0)
    var tally = OutcomeTally(arms: arms)
    var tenants = TenantTally(arms: arms)
    var shares = JudgedShares(strata: strata, models: catalog.models.map(\.slug))
    var tokens = [0.0]
    try source.readTraining { outcome, directory in
      let share = shares.share(of: outcome, directory)
      let root = outcome.succeeded ? outcome.rootWeight : outcome.failureRootWeight(judgedShare: share)
      tally.add(
        outcome, weight: root * root, traffic: outcome.succeeded && share > 0 ? 1 / share : 1, directory: directory)
      tenants.add(outcome, weight: root * root, directory: directory)
      if usesTokens {
        tokens[0] = outcome.logTokens
        builder.add(
          cell: outcome.cell, arm: outcome.arm, reward: outcome.reward, rootWeight: root, varying: tokens.span)
      } else {
        builder.add(cell: outcome.cell, arm: outcome.arm, reward: outcome.reward, rootWeight: root)
      }
    }
    let statistics = builder.finish()
    let regression = Regression(
      statistics, directory: source.directory, priors: catalog.priors, names: catalog.models.map(\.slug))
    var ridge = settings.ridge
    if settings.choosesCellRidge { ridge.cell = try regression.mostLikelyCellRidge(ridge) }
    let table = try Table(regression, ridge: ridge)
    let candidate = settings.learner.learn(table, catalog: catalog, incumbent: incumbent)
    if let (cell, model, number) = candidate.firstUnwritable {
      throw LinUCBError.notFinite(arm: model, quantity: "an estimate in \(cell)", value: "\(number)")
    }
    return (
      Learning(
        tally: tally, tenants: tenants, table: keepsTable ? table : nil,
        residualStandardDeviations: table.residualStandardDeviations, ridge: ridge, candidate: candidate,
        artifact: PolicyArtifact(candidate)), ChoiceCounts(statistics)
    )
  }

  /// Streams the holdout through the paired replay.
  /// - Parameters:
  ///   - sampling: how many outcomes of the traffic a row stands for.
  ///   - companions: other policies on the same rows.
  /// - Throws: what the source throws.
  public func replay<Source: OutcomeSource & ~Copyable>(
    from source: inout Source, statistics: ChoiceCounts, catalog: Catalog, settings: Settings, incumbent: Policy,
    sampling: SamplingWeights = .even, companions: Replayer.Companions = Replayer.Companions()
  ) throws -> Replayer {
    var replayer = Replayer(
      candidate: candidate, incumbent: incumbent, catalog: catalog, rule: settings.learner.rule,
      log: Replayer.LogKnowledge(
        tally: tally, estimatedPropensity: estimatedPropensity(statistics, source.directory), sampling: sampling),
      companions: companions)
    try source.readHoldout { outcome, directory in replayer.add(outcome, directory: directory) }
    return replayer
  }

  /// How many rows the task counts for where the share of an arm in a cell is estimated. With few, the heavy weights of models
  /// that are seldom chosen in thin cells make the mean weight of an honest log lie far above 1.
  private static let taskRows = 50.0

  /// The share of an arm in a cell's training rows, shrunk to its share in the task; the task's share in a cell without rows.
  private func estimatedPropensity(_ statistics: ChoiceCounts, _ directory: CellDirectory) -> (Cell, Int) -> Double {
    let arms = statistics.arms
    let numbers =
      tally.hasUnknownPropensities
      ? Dictionary(zip(directory.cells, 0..<statistics.cells), uniquingKeysWith: { first, _ in first }) : [:]
    return { cell, arm in
      let inTask = tally.share(task: cell.task, arm: arm)
      guard let number = numbers[cell] else { return inTask }
      let chosen = Double(statistics.counts[number * arms + arm])
      return (chosen + Learning.taskRows * inTask) / (Double(statistics.rows(cell: number)) + Learning.taskRows)
    }
  }
}

/// How often each arm was chosen in each cell: what is left of the training rows' sums when the fit is made.
public struct ChoiceCounts: Sendable {
  /// The number of arms.
  let arms: Int
  /// The number of cells.
  let cells: Int
  /// Rows, `cells × arms`.
  let counts: [Int32]

  init(_ statistics: Statistics) {
    (arms, cells, counts) = (statistics.arms, statistics.cells, statistics.counts)
  }

  /// The rows of a cell over all arms.
  func rows(cell: Int) -> Int { counts[cell * arms..<(cell + 1) * arms].reduce(0) { $0 + Int($1) } }
}

/// The share of succeeded calls that were judged, by cell and arm as the cells are met.
private struct JudgedShares {
  private let sampling: SamplingWeights?
  private let models: [String]
  /// The shares of each cell's arms, one array for all cells of a task and a band.
  private var shares: [[Double]] = []
  private var known: [Cell: [Double]] = [:]

  init(strata: [Stratum: StratumCount], models: [String]) {
    sampling = strata.isEmpty ? nil : SamplingWeights(strata: strata)
    self.models = models
  }

  mutating func share(of outcome: Outcome, _ directory: CellDirectory) -> Double {
    guard let sampling else { return 1 }
    if outcome.cell >= shares.count {
      for cell in directory.cells[shares.count...] {
        let own =
          known[cell.fallback]
          ?? models.map { sampling.judgedShare(Stratum(task: cell.task, band: cell.band, model: $0)) }
        known[cell.fallback] = own
        shares.append(own)
      }
    }
    return shares[outcome.cell][outcome.arm]
  }
}
