/// What became of a rollback.
public struct RollbackReport: Encodable, Sendable {
  /// What was found of the version's artifact.
  public enum Artifact: String, Encodable, Sendable {
    /// It has the hash of the version.
    case matches
    /// The folder has none.
    case absent
  }

  /// The run that recorded it.
  public let runId: String
  /// Whether every tenant was moved.
  public let promoted: Bool
  /// `rollback`, or why not.
  public let reason: String
  /// The version that served.
  public let policyVersionFrom: String
  /// The version that serves now, if it was promoted.
  public let policyVersionTo: String
  /// How many tenants were moved; nil where none was.
  public let tenantsMoved: Int?
  /// What was found of the version's artifact; nil where no folder was named.
  public let artifact: Artifact?
}

/// What became of a resumption.
public struct ResumeReport: Encodable, Sendable {
  /// The run that recorded it.
  public let runId: String
  /// When the rollback was that it answers, ISO 8601.
  public let rolledBackAt: String
  /// The version that was left by it.
  public let rolledBackFrom: String
  /// The version that serves.
  public let policyVersion: String
}
