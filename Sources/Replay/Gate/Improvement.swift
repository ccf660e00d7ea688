internal import Outcomes

/// Whether a replay shows that the candidate is no worse than the incumbent, and in one respect better.
public struct Improvement: Sendable {
  /// The error that this try may spend.
  public let alpha: Double
  /// What was asked for.
  public var thresholds: GateThresholds
  /// The lift of each quantity, by `Quantity.rawValue`.
  public let lifts: [Lift]
  /// The evidence that quality is better, on whole agents.
  public let eValue: Double
  /// The incumbent's cost in USD for an outcome.
  public let incumbentCost: Double
  /// Whether the outcomes tell costs.
  public let hasCosts: Bool
  /// Why the lift cannot be told; nil where it can.
  public let absence: String?

  /// Computes the lifts.
  /// - Parameter absence: why the lift cannot be told, for want of overlap; nil where it can.
  public init(
    _ replay: PairedReplay, thresholds: GateThresholds, alpha: Double, hasCosts: Bool = true, absence: String? = nil
  ) {
    self.alpha = alpha
    self.thresholds = thresholds
    self.hasCosts = hasCosts
    self.absence = absence
    lifts = Quantity.allCases.map {
      Lift(replay, $0, alpha: alpha, draws: thresholds.draws, seed: thresholds.seed)
    }
    eValue = AgentEValue.value(replay.difference(thresholds.objective == .reward ? .reward : .done))
    incumbentCost = replay.incumbent.value(.cost)
  }

  /// The lift of a quantity.
  public func lift(_ quantity: Quantity) -> Lift { lifts[quantity.rawValue] }

  /// What quality is judged by.
  public var quality: Quantity { thresholds.objective == .reward ? .reward : .done }

  /// Whether cost is judged.
  var judgesCost: Bool { thresholds.objective == .doneAndCost && hasCosts }

  /// The least that quality's lift is, but for the error.
  var leastQuality: Double { lift(quality).lowerBound(error: alpha) }

  /// The most that the cost's lift is, but for the error.
  var mostCost: Double { lift(.cost).upperBound(error: alpha) }

  /// How far cost may rise unless done is better, in USD for an outcome.
  var costTolerance: Double { thresholds.costShare * incumbentCost }

  /// How far cost may rise whatever done does, in USD for an outcome.
  var costLimit: Double { thresholds.costLimit * incumbentCost }

  /// The lift in cost as a share of the incumbent's, as text; empty where that is 0.
  var costShareText: String {
    incumbentCost > 0 ? " (\((100 * lift(.cost).mean / incumbentCost).signedDecimals(1)) %)" : ""
  }

  /// The e-value that is asked for.
  var neededEValue: Double { 2 / alpha }

  /// Whether quality rises enough, with the evidence that the thresholds ask for at level `alpha/2`.
  public var isQualityBetter: Bool {
    let isIntervalAbove = lift(quality).interval.lower > 0
    let isShown =
      switch thresholds.evidence {
      case .interval: isIntervalAbove
      case .eValue: eValue >= neededEValue
      case .both: isIntervalAbove && eValue >= neededEValue
      }
    return absence == nil && isShown && lift(quality).mean >= thresholds.doneGain
  }

  /// Whether cost falls enough, with its interval below 0 at level `alpha/2`.
  public var isCheaper: Bool {
    absence == nil && lift(.cost).mean <= -costTolerance && lift(.cost).interval.upper < 0
  }

  /// Whether neither quality nor cost is worse by more than is tolerated.
  public var isNoWorse: Bool {
    guard absence == nil, leastQuality >= -thresholds.doneTolerance else { return false }
    guard judgesCost else { return true }
    return mostCost <= costLimit && (mostCost <= costTolerance || isQualityBetter)
  }

  /// Whether quality is better, or cost where it is judged.
  public var isBetter: Bool { isQualityBetter || (judgesCost && isCheaper) }
}
