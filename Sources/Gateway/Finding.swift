/// One thing that could go wrong tonight, as the doctor found it.
public struct Finding: Sendable, Encodable {
  /// How bad it is.
  public enum Level: String, Sendable, Encodable {
    /// Nothing to do.
    case ok
    /// The run goes on, but somebody should look.
    case warn
    /// The run would fail, or work on a part.
    case fail
  }

  /// What was looked at.
  public let name: String
  /// How bad it is.
  public let level: Level
  /// What was seen.
  public let observed: String
  /// The statement, or the act, that cures it; nil where there is nothing to cure.
  public let cure: String?
  /// The exit status of a run that fails for it; nil unless the level is `fail`.
  public let exitStatus: Int32?

  /// Makes a finding.
  public init(_ name: String, _ level: Level, _ observed: String, cure: String? = nil, exitStatus: Int32? = nil) {
    self.name = name
    self.level = level
    self.observed = observed
    self.cure = cure
    self.exitStatus = level == .fail ? exitStatus : nil
  }
}
