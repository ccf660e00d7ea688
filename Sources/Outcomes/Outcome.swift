internal import Glibc

/// One eligible outcome, as learning and replay see it.
public struct Outcome: Sendable, Equatable {
  /// The number of the cell in the source's directory.
  public var cell: Int
  /// The index of the chosen model in the catalog.
  public var arm: Int
  /// The judged quality, in [0,1].
  public var reward: Double
  /// Whether the call succeeded, whatever its score.
  public var succeeded: Bool
  /// What the call cost, in USD.
  public var cost: Double
  /// The square root of the row's weight, on a dyadic grid, so that sums of weights are exact in any order.
  public var rootWeight: Double
  /// How the router's choice is known.
  public var propensity: Propensity
  /// The group, 0..<1,024, that the agent hashes into.
  public var group: Int
  /// log1p of the input tokens, on a grid of 1/1,024; 0 where the settings do not ask for it.
  public var logTokens: Double

  /// Makes an outcome.
  public init(
    cell: Int, arm: Int, reward: Double, succeeded: Bool, cost: Double, rootWeight: Double = 1,
    propensity: Propensity, group: Int, logTokens: Double = 0
  ) {
    self.cell = cell
    self.arm = arm
    self.reward = reward
    self.succeeded = succeeded
    self.cost = cost
    self.rootWeight = rootWeight
    self.propensity = propensity
    self.group = group
    self.logTokens = logTokens
  }

  /// How many groups agents hash into.
  public static let groups = 1024

  /// The weight of the row: provenance times decay.
  public var weight: Double { rootWeight * rootWeight }

  /// Whether the call succeeded with a judge score of at least 3.
  public var isDone: Bool { succeeded && reward >= 0.5 }

  /// The quality of a judge score from 1 to 5.
  public static func reward(score: Double) -> Double { (score - 1) / 4 }

  /// The square root of `provenance · 0.5^(age / halfLife)`, rounded to 1/1,024; 1 and 0.25 stay what they are.
  public static func rootWeight(isInternal: Bool, age: Double, halfLife: Double?) -> Double {
    let root = isInternal ? 0.5 : 1.0
    guard let halfLife else { return root }
    return (root * exp2(-age / halfLife / 2) * 1024).rounded() / 1024
  }
}
