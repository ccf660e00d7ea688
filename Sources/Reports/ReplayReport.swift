public import Replay

/// What replay found, with what each number assumes.
public struct ReplayReport: Codable, Sendable {
  /// The incumbent's value: by quantity and estimator, the estimate and its standard error.
  public let incumbent: [String: [String: Double]]
  /// The candidate's value.
  public let candidate: [String: [String: Double]]
  /// The lift of each quantity; without those that are not available.
  public let lift: [String: LiftReport]
  /// Why estimates are not available, by `incumbent`, `candidate` and `lift`; empty where all are.
  public let absent: [String: String]
  /// What was in fact served.
  public let served: ServedReport
  /// The part of the lift in done that is through calls that fail less or more often; nil where the lift is not available.
  public let doneLiftThroughFailures: Double?
  /// The part of the lift in done that is through quality; nil where the lift is not available.
  public let doneLiftThroughQuality: Double?
  /// What exploration adds to the candidate's picks alone, by quantity; empty where that is not available.
  public let explorationEffect: [String: Double]
  /// What each policy version's own choices gave, where several served; no experiment, and never the ground of a promotion.
  public let versions: [VersionReport]
  /// The evidence that done is better, on independent rows.
  public let eValue: Double
  /// The evidence that done is better, on whole agents; it is what `evidence: e-value` goes by.
  public let eValueAgents: Double
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
  /// How many costs of each model are known, over both halves; absent in reports of older programs, and where the outcomes have
  /// no costs.
  public let costs: [CostReport]?
  /// What each estimator and interval assumes, and when it misleads.
  public let assumptions: [String: String]

  /// Reads the replay off.
  /// - Parameter versions: the policy versions by the number that outcomes have.
  public init(_ replayer: Replayer, gate: Gate, versions: [String]) {
    let replay = replayer.replay
    let overlap = gate.overlap
    let quantities = Quantity.allCases.filter { $0 != .cost || gate.improvement.hasCosts }
    let estimators = Estimator.allCases.filter { $0 != .replay || replay.isChoiceUniform }
    incumbent = overlap.incumbentAbsence == nil ? ReplayReport.values(replay.incumbent, quantities, estimators) : [:]
    candidate = overlap.candidateAbsence == nil ? ReplayReport.values(replay.candidate, quantities, estimators) : [:]
    let isKnown = gate.improvement.absence == nil
    lift =
      isKnown
      ? Dictionary(uniqueKeysWithValues: quantities.map { ($0.name, LiftReport(gate.lift($0))) }) : [:]
    absent = [
      "incumbent": overlap.incumbentAbsence, "candidate": overlap.candidateAbsence, "lift": gate.improvement.absence,
    ].compactMapValues(\.self)
    served = ServedReport(replay, thresholds: gate.thresholds)
    doneLiftThroughFailures = isKnown ? -replay.failureLift : nil
    doneLiftThroughQuality = isKnown ? gate.lift(.done).mean + replay.failureLift : nil
    explorationEffect =
      overlap.candidateAbsence == nil
      ? Dictionary(uniqueKeysWithValues: quantities.map { ($0.name, replay.explorationEffect($0)) }) : [:]
    self.versions = VersionReport.all(replayer.versions, names: versions)
    eValue = replay.eValue(.done)?.value ?? 1
    eValueAgents = AgentEValue.value(replay.difference(.done))
    effectiveSampleSize = replay.candidate.effectiveSampleSize
    meanWeight = replay.candidate.meanWeight
    largestWeight = replay.candidate.largestWeight
    changedCells = replay.cells.indices.count { replay.cells[$0].isChanged && replay.cellLift[$0].count > 0 }
    propensities = PropensityReport(replayer.propensities)
    judging = JudgingReport(replayer.sampling)
    costs = gate.hasCosts ? gate.costCounts.map(CostReport.init) : nil
    assumptions = ReplayReport.assumptions(estimators)
  }

  private static func values(
    _ replay: PolicyReplay, _ quantities: [Quantity], _ estimators: [Estimator]
  ) -> [String: [String: Double]] {
    var result: [String: [String: Double]] = [:]
    for quantity in quantities {
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
      "lift": Lift.assumption, "e_value": EValue.assumption, "e_value_agents": AgentEValue.assumption,
      "judging": SamplingWeights.assumption,
    ]
    for estimator in estimators { result[estimator.rawValue] = estimator.assumption }
    for method in Interval.Method.allCases { result[method.rawValue] = method.assumption }
    return result
  }
}
