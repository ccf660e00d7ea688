internal import Outcomes
public import Replay

/// How the judged rows of the holdout stand for its traffic.
public struct JudgingReport: Codable, Sendable {
  /// Outcomes that might have been judged; nil where every one was.
  public let outcomes: Int?
  /// The judged of them.
  public let judged: Int?
  /// Whether rows count for more or less than one outcome, so that each stratum has its share of the traffic.
  public let reweighted: Bool
  /// The smallest weight of a row.
  public let leastWeight: Double
  /// The largest weight of a row.
  public let largestWeight: Double
  /// The share of the traffic of strata that no judge saw, in [0,1].
  public let unseenShare: Double

  /// Copies the weights.
  public init(_ weights: SamplingWeights) {
    outcomes = weights.outcomes > 0 ? weights.outcomes : nil
    judged = weights.outcomes > 0 ? weights.judged : nil
    reweighted = weights.isUneven
    leastWeight = weights.range.lowerBound
    largestWeight = weights.range.upperBound
    unseenShare = weights.unseenShare
  }

  /// The weighting in words.
  public var summary: String {
    guard let outcomes, let judged else { return "every outcome was judged" }
    let share = (100 * Double(judged) / Double(max(outcomes, 1))).decimals(1)
    var text = "\(judged) of \(outcomes) outcomes judged (\(share) %)"
    if reweighted {
      text += ", strata weighted back to the traffic by \(leastWeight.decimals(2)) to \(largestWeight.decimals(2))"
    }
    if unseenShare > 0 { text += ", \((100 * unseenShare).decimals(1)) % of the traffic in strata that no judge saw" }
    return text
  }
}
