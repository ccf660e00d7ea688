/// What to do about something that stands in the way of a run.
public enum Cure: Sendable, Equatable {
  /// SQL to paste, as the owner of the tables. It cures, and nobody else loses anything by it.
  case statement(String)
  /// What a person must decide or do; there is nothing to paste.
  case advice(String)

  /// The statement or the advice.
  public var text: String {
    switch self {
    case .statement(let text), .advice(let text): text
    }
  }

  /// The statement; nil for advice.
  public var statement: String? {
    if case .statement(let text) = self { return text }
    return nil
  }

  /// The advice; nil for a statement.
  public var advice: String? {
    if case .advice(let text) = self { return text }
    return nil
  }
}

/// One thing that the doctor looked at, and what to do about it.
public struct Finding: Sendable, Encodable {
  /// How bad it is.
  public enum Level: String, Sendable, Encodable {
    /// Nothing must be done.
    case ok
    /// The run goes on, but somebody should look.
    case warn
    /// The run would fail, or would see only a part of the rows.
    case fail
  }

  private enum CodingKeys: String, CodingKey {
    case name, level, observed, cure, cureKind, exitStatus
  }

  /// What was looked at.
  public let name: String
  /// How bad it is.
  public let level: Level
  /// What was seen.
  public let observed: String
  /// What cures it; nil where there is nothing to cure.
  public let cure: Cure?
  /// The exit status of a run that fails for it; nil unless the level is `fail`.
  public let exitStatus: Int32?

  /// Makes a finding.
  public init(_ name: String, _ level: Level, _ observed: String, cure: Cure? = nil, exitStatus: Int32? = nil) {
    self.name = name
    self.level = level
    self.observed = observed
    self.cure = cure
    self.exitStatus = level == .fail ? exitStatus : nil
  }

  /// Writes the cure as text, and beside it whether that is a `statement` or `advice`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(level, forKey: .level)
    try container.encode(observed, forKey: .observed)
    try container.encodeIfPresent(cure?.text, forKey: .cure)
    try container.encodeIfPresent(cure.map { $0.statement == nil ? "advice" : "statement" }, forKey: .cureKind)
    try container.encodeIfPresent(exitStatus, forKey: .exitStatus)
  }
}
