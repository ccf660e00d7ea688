internal import Outcomes
public import Replay

/// What was in fact served in the holdout: the outcomes of the log's own choices.
public struct ServedReport: Codable, Sendable {
  /// A mean with its 95 % interval, by the cluster bootstrap over agents.
  public struct Mean: Codable, Sendable {
    /// The mean.
    public let mean: Double
    /// The lower end; nil where nothing bounds it.
    public let lower: Double?
    /// The upper end; nil where nothing bounds it.
    public let upper: Double?

    init(_ values: PairedDifference, thresholds: GateThresholds) {
      let bootstrap = ClusterBootstrap(values, draws: thresholds.draws, seed: thresholds.seed)
      let (low, high) = (bootstrap.lower(error: 0.025), bootstrap.upper(error: 0.025))
      mean = values.mean
      lower = low.isFinite ? low : nil
      upper = high.isFinite ? high : nil
    }
  }

  /// The holdout rows.
  public let rows: Int
  /// The share of calls that failed, in [0,1].
  public let failures: Double
  /// The share of calls that succeeded and were not done, in [0,1].
  public let succeededNotDone: Double
  /// By quantity; without cost where no cost is known.
  public let means: [String: Mean]

  /// Reads what was served off a replay.
  public init(_ replay: PairedReplay, thresholds: GateThresholds) {
    rows = replay.rows
    failures = replay.servedFailures
    let done = replay.served(.done)
    succeededNotDone = rows > 0 ? max(1 - done.mean - failures, 0) : 0
    means = Dictionary(
      uniqueKeysWithValues: Quantity.allCases.compactMap { quantity in
        let values = replay.served(quantity)
        guard values.rows.count > 0 else { return nil }
        return (quantity.name, Mean(values, thresholds: thresholds))
      })
  }
}

/// What the log's own choices gave while each policy version served, one after another.
public struct VersionReport: Codable, Sendable {
  /// What these numbers must not be taken for.
  public static let warning =
    "versions served one after another are not an experiment: what changed between them, the judge or the traffic, looks "
    + "like a lift; this comparison never promotes"
  private static let shown = 12

  /// The version; empty of rows that name none.
  public let version: String
  /// The holdout rows.
  public let rows: Int
  /// The mean reward, in [0,1].
  public let reward: Double
  /// Its standard error, taking rows as independent.
  public let rewardStandardError: Double
  /// The mean of done, in [0,1].
  public let done: Double
  /// Its standard error, taking rows as independent.
  public let doneStandardError: Double
  /// The mean of the costs that are known, in USD; nil where none is.
  public let costUsd: Double?

  init(_ version: String, _ outcomes: VersionOutcomes) {
    self.version = version.shortened()
    rows = outcomes.rows
    reward = outcomes.reward.mean
    rewardStandardError = outcomes.reward.standardError
    done = outcomes.done.mean
    doneStandardError = outcomes.done.standardError
    costUsd = outcomes.cost.count > 0 ? outcomes.cost.mean : nil
  }

  /// The versions with the most rows, in the order of their names; none where one version alone served.
  static func all(_ outcomes: [VersionOutcomes], names: [String]) -> [VersionReport] {
    var byName: [String: VersionOutcomes] = [:]
    for (name, part) in zip(names, outcomes) where part.rows > 0 {
      byName[name, default: VersionOutcomes()].merge(part)
    }
    guard byName.count > 1 else { return [] }
    return byName.sorted { $0.value.rows > $1.value.rows }.prefix(shown).sorted { $0.key < $1.key }
      .map { VersionReport($0.key, $0.value) }
  }
}
