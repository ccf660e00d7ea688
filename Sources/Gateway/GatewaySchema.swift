/// Where the gateway's tables are and which of their optional columns exist.
public struct GatewaySchema: Sendable, Equatable {
  /// The PostgreSQL schema, `public` as a rule.
  public let name: String
  /// The optional columns of `routing_outcomes` that exist.
  public let outcomeColumns: Set<String>
  /// Whether `training_runs.evaluation` exists.
  public let hasEvaluation: Bool
  /// Whether `training_runs.policy` exists.
  public let hasPolicy: Bool

  /// Describes a schema.
  public init(name: String, outcomeColumns: Set<String>, hasEvaluation: Bool, hasPolicy: Bool = false) {
    self.name = name
    self.outcomeColumns = outcomeColumns
    self.hasEvaluation = hasEvaluation
    self.hasPolicy = hasPolicy
  }
}
