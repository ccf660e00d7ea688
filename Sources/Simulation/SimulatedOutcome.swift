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
  /// The probability with which it was chosen.
  public let propensity: Double
  /// The judge's score, 1 to 5.
  public let score: Int
  /// USD.
  public let cost: Double
  /// Milliseconds.
  public let latency: Int

  /// The outcome as learning and replay see it, in a directory that numbers cells as the world does.
  /// - Parameter agents: the agents of each tenant, each of which is a group of its own as long as groups last.
  public func outcome(agents: Int) -> Outcome {
    Outcome(
      cell: cell, arm: arm, reward: Outcome.reward(score: Double(score)), succeeded: true, cost: cost,
      propensity: .logged(propensity), group: (tenant * agents + agent) % Outcome.groups)
  }
}
