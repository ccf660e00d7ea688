/// One check of the gate: what it saw, what it needed, and whether that was enough.
public struct GateCheck: Sendable, Equatable, Codable {
  /// The name of the check.
  public let name: String
  /// Whether it passed.
  public let passed: Bool
  /// What it saw, with the number.
  public let observed: String
  /// What it needed.
  public let required: String
  /// What a reader should know beside; empty where there is nothing.
  public let detail: String

  init(_ name: String, _ passed: Bool, observed: String, required: String, detail: String = "") {
    self.name = name
    self.passed = passed
    self.observed = observed
    self.required = required
    self.detail = detail
  }

  /// The check as a reason to hold: its name, what it saw and what it needed.
  public var reason: String {
    "\(name): \(observed); needed: \(required)" + (detail.isEmpty ? "" : " (\(detail))")
  }
}
