/// A run that ended without a verdict.
public struct FailureReport: Encodable, Sendable {
  /// The run's identifier.
  public let runId: String
  /// Always `failed`.
  public let verdict = "failed"
  /// One line: what, where, what to do.
  public let error: String
  /// The exit status.
  public let exitStatus: Int32

  enum CodingKeys: String, CodingKey {
    case runId, verdict, error, exitStatus
  }

  /// Describes a failure.
  public init(runId: String, error: String, exitStatus: Int32) {
    self.runId = runId
    self.error = error
    self.exitStatus = exitStatus
  }
}
