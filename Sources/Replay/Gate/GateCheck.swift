internal import Outcomes

/// One check of the gate: what it saw, what it needed, and what that comes to.
public struct GateCheck: Sendable, Equatable, Codable {
  /// The checks, in the order in which the first failure is the reason to hold.
  public enum Name: String, Sendable, Codable, CaseIterable {
    /// Every row is of production.
    case source
    /// Nobody has gone back to an older policy and not resumed since.
    case paused
    /// Enough rows.
    case volume
    /// Costs are known.
    case costs
    /// The labels look like those of a judge that works.
    case labels
    /// The holdout is like the training rows.
    case drift
    /// The rules are those that the incumbent was gated by.
    case ruleset
    /// The propensities are logged and right.
    case propensities
    /// Something would change.
    case change
    /// Enough rows show what the candidate would do.
    case support
    /// Neither done nor cost is worse.
    case noWorse = "no worse"
    /// Done or cost is better.
    case better
    /// The policy of a month ago is not better.
    case anchor
    /// No part of the traffic, and no part of the time, is harmed.
    case slices
    /// No tenant is harmed for the others.
    case tenants
    /// No cell has lost its model.
    case coverage
    /// Every cell explores.
    case exploration
    /// No mix of two models is better at the same cost.
    case staticMix = "static mix"
    /// No single model is as good and cheaper.
    case singleModel = "single model"
    /// What is written reads back.
    case reload
    /// The incumbent is still the one that was replayed.
    case incumbent
    /// The models that the candidate picks are still enrolled.
    case enrolment
    /// The version reaches every tenant.
    case reach

    /// Whether a failure here is found before the evidence of better or worse is looked at, so that the night spends no
    /// error.
    public var precedesEvidence: Bool { GateCheck.Name.beforeEvidence.contains(self) }

    private static let beforeEvidence: Set<Name> = [
      .source, .paused, .volume, .costs, .labels, .drift, .ruleset, .propensities, .change, .support,
    ]
  }

  /// How bad it is.
  public enum Severity: String, Sendable, Codable {
    /// The run holds.
    case fail
    /// The run may go on, but somebody should look.
    case warn
    /// As it should be.
    case pass
    /// The check does not apply to this run.
    case notApplicable = "not_applicable"
  }

  /// The name of the check.
  public let name: Name
  /// How bad it is.
  public let severity: Severity
  /// What it saw, with the number.
  public let observed: String
  /// What it needed.
  public let required: String
  /// What a reader should know beside; empty where there is nothing.
  public let detail: String

  /// The most characters of a text, for the ledger keeps it as the reason of a run.
  private static let longestText = 2000

  init(_ name: Name, _ severity: Severity, observed: String, required: String, detail: String = "") {
    self.name = name
    self.severity = severity
    self.observed = observed.shortened(to: GateCheck.longestText)
    self.required = required.shortened(to: GateCheck.longestText)
    self.detail = detail.shortened(to: GateCheck.longestText)
  }

  init(_ name: Name, _ passed: Bool, observed: String, required: String, detail: String = "") {
    self.init(name, passed ? .pass : .fail, observed: observed, required: required, detail: detail)
  }

  init(notApplicable name: Name, _ why: String, required: String) {
    self.init(name, .notApplicable, observed: why, required: required)
  }

  /// Whether the run may go on.
  public var passed: Bool { severity != .fail }

  /// The check as a reason to hold: its name, what it saw and what it needed.
  public var reason: String {
    "\(name.rawValue): \(observed); needed: \(required)" + (detail.isEmpty ? "" : " (\(detail))")
  }

  enum CodingKeys: String, CodingKey {
    case name, severity, passed, observed, required, detail
  }

  /// Reads a check.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(Name.self, forKey: .name)
    severity = try container.decode(Severity.self, forKey: .severity)
    observed = try container.decode(String.self, forKey: .observed)
    required = try container.decode(String.self, forKey: .required)
    detail = try container.decode(String.self, forKey: .detail)
  }

  /// Writes a check; `passed` stands beside the severity for readers that know only that.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(severity, forKey: .severity)
    try container.encode(passed, forKey: .passed)
    try container.encode(observed, forKey: .observed)
    try container.encode(required, forKey: .required)
    try container.encode(detail, forKey: .detail)
  }
}

extension [GateCheck] {
  /// The first failure in the order of the checks, which is the reason to hold.
  public var firstFailure: GateCheck? { first { !$0.passed } }

  /// The checks as a person reads them: failures first, then warnings, then what passed, then what does not apply.
  public var bySeverity: [GateCheck] {
    [GateCheck.Severity.fail, .warn, .pass, .notApplicable].flatMap { severity in filter { $0.severity == severity } }
  }
}
