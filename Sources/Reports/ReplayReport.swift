public import Replay

/// What replay found, with what each number assumes.
public struct ReplayReport: Codable, Sendable {
  /// The incumbent's value: by quantity and estimator, the estimate and its standard error.
  public let incumbent: [String: [String: Double]]
  /// The candidate's value.
  public let candidate: [String: [String: Double]]
  /// The lift of each quantity.
  public let lift: [String: LiftReport]
  /// The evidence that done is better.
  public let eValue: Double
  /// The candidate's, in rows.
  public let effectiveSampleSize: Double
  /// The candidate's mean weight.
  public let meanWeight: Double
  /// The candidate's largest weight.
  public let largestWeight: Double
  /// Cells of the holdout whose pick changed.
  public let changedCells: Int
  /// How the propensities were known.
  public let propensities: PropensityReport
  /// How the judged rows stand for the traffic.
  public let judging: JudgingReport
  /// What each estimator and interval assumes, and when it misleads.
  public let assumptions: [String: String]

  /// Reads the replay off.
  public init(_ replayer: Replayer, lifts: [Lift]) {
    let replay = replayer.replay
    let estimators = Estimator.allCases.filter { $0 != .replay || replay.isChoiceUniform }
    incumbent = ReplayReport.values(replay.incumbent, estimators)
    candidate = ReplayReport.values(replay.candidate, estimators)
    lift = Dictionary(uniqueKeysWithValues: Quantity.allCases.map { ($0.name, LiftReport(lifts[$0.rawValue])) })
    eValue = replay.eValue(.done)?.value ?? 1
    effectiveSampleSize = replay.candidate.effectiveSampleSize
    meanWeight = replay.candidate.meanWeight
    largestWeight = replay.candidate.largestWeight
    changedCells = replay.cells.indices.count { replay.cells[$0].isChanged && replay.cellLift[$0].count > 0 }
    propensities = PropensityReport(replayer.propensities)
    judging = JudgingReport(replayer.sampling)
    assumptions = ReplayReport.assumptions(estimators)
  }

  private static func values(_ replay: PolicyReplay, _ estimators: [Estimator]) -> [String: [String: Double]] {
    var result: [String: [String: Double]] = [:]
    for quantity in Quantity.allCases {
      for estimator in estimators {
        guard let estimate = replay.estimate(quantity, estimator) else { continue }
        result[quantity.name, default: [:]][estimator.rawValue] = estimate.value
        result[quantity.name, default: [:]]["\(estimator.rawValue)_standard_error"] = estimate.standardError
      }
    }
    return result
  }

  private static func assumptions(_ estimators: [Estimator]) -> [String: String] {
    var result = [
      "lift": Lift.assumption, "e_value": EValue.assumption, "judging": SamplingWeights.assumption,
    ]
    for estimator in estimators { result[estimator.rawValue] = estimator.assumption }
    for method in Interval.Method.allCases { result[method.rawValue] = method.assumption }
    return result
  }
}
