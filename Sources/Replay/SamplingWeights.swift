public import Outcomes

/// How many outcomes of the traffic a row stands for, so that strata that the judge saw less of count in full
/// (post-stratification: Holt and Smith 1979). A failed call is known without a judge and stands for itself.
///
/// It assumes that within a task, a band and a chosen model the judge sampled at random. Strata of one model with fewer
/// than `minimumRows` judged rows are taken together; where even those have none, that traffic is unseen.
public struct SamplingWeights: Sendable {
  /// What the weights assume, and when they mislead.
  public static let assumption =
    "within a task, a band and a chosen model the judge sampled at random; traffic that no judge saw counts for nothing"

  private static let minimumRows = 10

  private let judgedWeights: [Stratum: Double]
  private let pooled: [String: Double]
  private let failureWeights: [Stratum: Double]
  private let failureWeight: Double
  /// Succeeded outcomes that might have been judged; 0 where every one was.
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
    for (stratum, count) in strata where count.judged < SamplingWeights.minimumRows {
      rare[stratum.model, default: StratumCount(outcomes: 0, judged: 0)].outcomes += count.outcomes
      rare[stratum.model, default: StratumCount(outcomes: 0, judged: 0)].judged += count.judged
    }
    let frequent = strata.filter { $0.value.judged >= SamplingWeights.minimumRows }
    outcomes = strata.values.reduce(0) { $0 + $1.outcomes }
    judged = strata.values.reduce(0) { $0 + $1.judged }
    let unseen = rare.values.reduce(0) { $0 + ($1.judged == 0 ? $1.outcomes : 0) }
    unseenShare = outcomes > 0 ? Double(unseen) / Double(outcomes) : 0
    let share = outcomes > unseen ? Double(judged) / Double(outcomes - unseen) : 1
    judgedWeights = frequent.mapValues { Double($0.outcomes) / Double($0.judged) * share }
    pooled = rare.filter { $0.value.outcomes > 0 }.mapValues {
      $0.judged > 0 ? Double($0.outcomes) / Double($0.judged) * share : .infinity
    }
    failureWeight = share
    failureWeights = [:]
    let all = Array(judgedWeights.values) + pooled.values.filter(\.isFinite) + [failureWeight]
    range = (all.min() ?? 1)...(all.max() ?? 1)
  }

  /// Weights that are given, for judged and for failed calls of each stratum; 1 of a stratum that is not named.
  public init(judged: [Stratum: Double], failed: [Stratum: Double]) {
    judgedWeights = judged
    failureWeights = failed
    (pooled, failureWeight, outcomes, self.judged, unseenShare) = ([:], 1, 0, 0, 0)
    let all = Array(judged.values) + Array(failed.values)
    range = (all.min() ?? 1)...(all.max() ?? 1)
  }

  /// The weight of a row of the stratum in the replay: N/n of a judged call, 1 of a failed one, both times the share of
  /// all succeeded calls that were judged.
  public func weight(_ stratum: Stratum, succeeded: Bool) -> Double {
    let weight = judgedWeights[stratum] ?? pooled[stratum.model] ?? failureWeight
    // Where no judge saw the successes, the failures alone would tell of a model that only fails.
    guard succeeded || !weight.isFinite else { return failureWeights[stratum] ?? failureWeight }
    return weight.isFinite ? weight : 0
  }

  /// The share of the stratum's succeeded calls that were judged, n/N, which a failed call weighs in the fit; 1 where all
  /// were, or where there are none, and 0 where none was.
  public func judgedShare(_ stratum: Stratum) -> Double {
    let weight = judgedWeights[stratum] ?? pooled[stratum.model]
    return weight.map { $0 > 0 ? min(failureWeight / $0, 1) : 1 } ?? 1
  }

  /// Whether any row counts for more than another.
  public var isUneven: Bool { range.upperBound - range.lowerBound > 1e-9 }
}
