/// Whether a replay shows that the candidate is no worse than the incumbent, and in one respect better.
public struct Improvement: Sendable {
  /// The error that this try may spend.
  public let alpha: Double
  /// What was asked for.
  public var thresholds: GateThresholds
  /// The lift of each quantity, by `Quantity.rawValue`.
  public let lifts: [Lift]
  /// The evidence that quality is better.
  public let eValue: Double
  /// The incumbent's cost in USD for an outcome.
  public let incumbentCost: Double

  /// Computes the lifts.
  public init(_ replay: PairedReplay, thresholds: GateThresholds, alpha: Double) {
    self.alpha = alpha
    self.thresholds = thresholds
    lifts = Quantity.allCases.map {
      Lift(replay, $0, alpha: alpha, draws: thresholds.draws, seed: thresholds.seed)
    }
    eValue = replay.eValue(thresholds.objective == .reward ? .reward : .done)?.value ?? 1
    incumbentCost = replay.incumbent.value(.cost)
  }

  /// The lift of a quantity.
  public func lift(_ quantity: Quantity) -> Lift { lifts[quantity.rawValue] }

  /// What quality is judged by.
  public var quality: Quantity { thresholds.objective == .reward ? .reward : .done }

  /// The least that quality's lift is, but for the error.
  var leastQuality: Double { lift(quality).lowerBound(error: alpha) }

  /// The most that the cost's lift is, but for the error.
  var mostCost: Double { lift(.cost).upperBound(error: alpha) }

  /// How far cost may rise, in USD for an outcome.
  var costLimit: Double { thresholds.costShare * incumbentCost }

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
    return isShown && lift(quality).mean >= thresholds.doneGain
  }

  /// Whether cost falls enough, with its interval below 0 at level `alpha/2`.
  public var isCheaper: Bool {
    lift(.cost).mean <= -costLimit && lift(.cost).interval.upper < 0
  }

  /// Whether neither quality nor cost is worse by more than is tolerated.
  public var isNoWorse: Bool {
    guard leastQuality >= -thresholds.doneTolerance else { return false }
    return thresholds.objective == .reward || mostCost <= costLimit || isQualityBetter
  }

  /// Whether quality is better, or cost where the objective counts it.
  public var isBetter: Bool {
    isQualityBetter || (thresholds.objective == .doneAndCost && isCheaper)
  }
}
