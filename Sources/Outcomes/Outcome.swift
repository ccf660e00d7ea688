internal import Glibc

/// One eligible outcome, as learning and replay see it.
public struct Outcome: Sendable, Equatable {
  /// The number of the cell in the source's directory.
  public var cell: Int
  /// The index of the chosen model in the catalog.
  public var arm: Int
  /// The judged quality, in [0,1]; 0 of a call that failed.
  public var reward: Double
  /// Whether the call succeeded. A call that failed gave the caller nothing, whether it was judged or not.
  public var succeeded: Bool
  /// What the call cost, in USD, at least 0; nil where it is not known.
  public var cost: Double?
  /// The square root of the row's weight, on a dyadic grid, so that sums of weights are exact in any order.
  public var rootWeight: Double
  /// How the router's choice is known.
  public var propensity: Propensity
  /// The group, 0..<1,024, that the agent hashes into.
  public var group: Int
  /// log1p of the input tokens, on a grid of 1/1,024; 0 where the settings do not ask for it.
  public var logTokens: Double
  /// The period of the holdout, by the number of its rows in time, that the row lies in: see `HoldoutPeriod`. 0 in training.
  public var period: Int
  /// The number of the policy version that made the decision, in the source's names; 0 where versions are not told apart.
  public var version: Int

  /// Makes an outcome.
  public init(
    cell: Int, arm: Int, reward: Double, succeeded: Bool, cost: Double?, rootWeight: Double = 1,
    propensity: Propensity, group: Int, logTokens: Double = 0, period: Int = 0, version: Int = 0
  ) {
    self.cell = cell
    self.arm = arm
    self.reward = succeeded ? reward : 0
    self.succeeded = succeeded
    self.cost = cost
    self.rootWeight = rootWeight
    self.propensity = propensity
    self.group = group
    self.logTokens = logTokens
    self.period = period
    self.version = version
  }

  /// How many groups agents hash into.
  public static let groups = 1024

  /// The weight of the row: provenance times decay.
  public var weight: Double { rootWeight * rootWeight }

  /// Whether the call succeeded with a judge score of at least 3.
  public var isDone: Bool { succeeded && reward >= 0.5 }

  /// The quality of a judge score from 1 to 5.
  public static func reward(score: Double) -> Double { (score - 1) / 4 }

  /// The most that a call can cost, in USD; what is more is an error of what wrote it.
  package static let highestCost = 1e6

  /// The least cost above 0, in USD; what is less is 0, for the squares of such numbers are none that can be divided by.
  static let leastCost = 1e-12

  /// The cost as the outcomes have it, at least 10⁻¹² USD or 0; nil where it is unknown, negative, not finite or above
  /// 1,000,000 USD, for unknown is not 0.
  public static func knownCost(_ value: Double?) -> Double? {
    guard let value, value >= 0, value <= highestCost else { return nil }
    return value < leastCost ? 0 : value
  }

  /// The square root of `provenance · 0.5^(age / halfLife)`, rounded to 1/1,024; 1 and 0.25 stay what they are.
  public static func rootWeight(isInternal: Bool, age: Double, halfLife: Double?) -> Double {
    let root = isInternal ? 0.5 : 1.0
    guard let halfLife else { return root }
    return onGrid(root * exp2(-age / halfLife / 2))
  }

  /// The square root of the weight of a failed call in the fit, where judged calls of its stratum stand for more than
  /// themselves; on the grid of 1/1,024.
  /// - Parameter share: the share of the stratum's succeeded calls that were judged, in [0,1].
  public func failureRootWeight(judgedShare share: Double) -> Double { Outcome.onGrid(rootWeight * share.squareRoot()) }

  private static func onGrid(_ root: Double) -> Double { (root * 1024).rounded() / 1024 }
}
