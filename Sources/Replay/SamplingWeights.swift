public import Outcomes

/// How many outcomes of the traffic a judged row stands for, so that strata that the judge saw less of count in full
/// (post-stratification: Holt and Smith 1979).
///
/// It assumes that within a task, a band and a chosen model the judge sampled at random. Strata of one model with fewer
/// than `leastRows` judged rows are taken together; where even those have none, that traffic is unseen.
public struct SamplingWeights: Sendable {
  /// What the weights assume, and when they mislead.
  public static let assumption =
    "within a task, a band and a chosen model the judge sampled at random; what no judge saw counts for nothing"

  private static let leastRows = 10

  private let weights: [Stratum: Double]
  private let pooled: [String: Double]
  /// Outcomes from the cut on that might have been judged; 0 where every one was.
  public let outcomes: Int
  /// The judged of them.
  public let judged: Int
  /// The smallest and the largest weight.
  public let range: ClosedRange<Double>
  /// The share of the outcomes for which no judged row stands, in [0,1].
  public let unseenShare: Double

  /// Weights that are all 1.
  public static let even = SamplingWeights(strata: [:])

  /// Weights from the counts of a survey.
  public init(strata: [Stratum: StratumCount]) {
    var rare: [String: StratumCount] = [:]
    for (stratum, count) in strata where count.judged < SamplingWeights.leastRows {
      rare[stratum.model, default: StratumCount(outcomes: 0, judged: 0)].outcomes += count.outcomes
      rare[stratum.model, default: StratumCount(outcomes: 0, judged: 0)].judged += count.judged
    }
    let frequent = strata.filter { $0.value.judged >= SamplingWeights.leastRows }
    outcomes = strata.values.reduce(0) { $0 + $1.outcomes }
    judged = strata.values.reduce(0) { $0 + $1.judged }
    let unseen = rare.values.reduce(0) { $0 + ($1.judged == 0 ? $1.outcomes : 0) }
    unseenShare = outcomes > 0 ? Double(unseen) / Double(outcomes) : 0
    let share = outcomes > unseen ? Double(judged) / Double(outcomes - unseen) : 1
    weights = frequent.mapValues { Double($0.outcomes) / Double($0.judged) * share }
    pooled = rare.filter { $0.value.judged > 0 }.mapValues { Double($0.outcomes) / Double($0.judged) * share }
    let all = Array(weights.values) + Array(pooled.values)
    range = (all.min() ?? 1)...(all.max() ?? 1)
  }

  /// The weight of a judged row, 1 on average.
  public func weight(_ stratum: Stratum) -> Double {
    isUneven ? weights[stratum] ?? pooled[stratum.model] ?? 1 : 1
  }

  /// Whether any row counts for more than another.
  public var isUneven: Bool { range.upperBound - range.lowerBound > 1e-9 }
}
