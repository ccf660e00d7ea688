public import Outcomes

/// One made-up row of `routing_outcomes`.
public struct SimulatedOutcome: Sendable {
  /// The number of the row, from 0.
  public let number: Int
  /// Seconds after the first instant of the log.
  public let second: Double
  /// The number of the cell in the world.
  public let cell: Int
  /// The number of the tenant in the world.
  public let tenant: Int
  /// The number of the agent within its tenant.
  public let agent: Int
  /// The chosen model's index in the catalog.
  public let arm: Int
  /// What the router says of the probability with which it was chosen.
  public let propensity: Propensity
  /// Whether the model answered.
  public let succeeded: Bool
  /// The version of the policy that chose.
  public let version: String
  /// The judge's score, 1 to 5; nil where there is none, or none yet.
  public let score: Int?
  /// Seconds after the first instant of the log at which it was judged.
  public let labelSecond: Double
  /// USD.
  public let cost: Double
  /// Milliseconds.
  public let latency: Int

  /// The outcome as learning and replay see it, in a directory that numbers cells as the world does; nil where it is not
  /// eligible. Each agent of a tenant is a group of its own as long as groups last.
  /// - Parameter period: the period of the holdout that the row lies in; 0 in training.
  public func outcome(in world: World, period: Int = 0) -> Outcome? {
    guard !succeeded || (score != nil && world.catalog.models[arm].slug != world.conditions.judge.name) else {
      return nil
    }
    return Outcome(
      cell: cell, arm: arm, reward: score.map { Outcome.reward(score: Double($0)) } ?? 0, succeeded: succeeded,
      cost: cost, propensity: propensity, group: (tenant * world.agents + agent) % Outcome.groups,
      period: period)
  }

  /// The same row at another time.
  package func at(second: Double) -> SimulatedOutcome {
    SimulatedOutcome(
      number: number, second: second, cell: cell, tenant: tenant, agent: agent, arm: arm, propensity: propensity,
      succeeded: succeeded, version: version, score: score, labelSecond: second, cost: cost, latency: latency)
  }
}
