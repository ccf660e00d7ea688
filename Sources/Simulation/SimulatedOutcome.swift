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
  /// The probability with which it was chosen; nil where the router says that it never explores.
  public let propensity: Double?
  /// Whether the model answered.
  public let isServed: Bool
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
  public func outcome(in world: World) -> Outcome? {
    guard let score, isServed, world.catalog.models[arm].slug != world.conditions.judge.name else { return nil }
    return Outcome(
      cell: cell, arm: arm, reward: Outcome.reward(score: Double(score)), succeeded: true, cost: cost,
      propensity: propensity.map { .logged($0) } ?? .deterministic,
      group: (tenant * world.agents + agent) % Outcome.groups)
  }
}
