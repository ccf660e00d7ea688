public import Outcomes

/// One made-up row of `routing_outcomes`.
public struct SimulatedOutcome: Sendable {
  /// The number of the row, from 0.
  public let number: Int
  /// Seconds after the first instant of the log.
  public let second: Double
  /// The cell.
  public let cell: Cell
  /// The number of the agent within its tenant.
  public let agent: Int
  /// The chosen model.
  public let model: String
  /// The probability with which it was chosen.
  public let propensity: Double
  /// The judge's score, 1 to 5.
  public let score: Int
  /// USD.
  public let cost: Double
  /// Milliseconds.
  public let latency: Int
}
