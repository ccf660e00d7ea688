/// What a rule decided in one cell, and on what ground.
public struct Decision: Sendable, Equatable {
  /// Why.
  public enum Ground: Sendable, Equatable {
    /// The cheapest model that clears the floor.
    case cheapestClearingFloor
    /// The same, where a cheaper model that clears it by its prior is forbidden.
    case allowedVetoApplied
    /// No enrolled model clears the floor.
    case noCandidateClearsFloor
    /// No model is enrolled.
    case noCandidateEnrolled
    /// The incumbent's pick, because evidence for another is too thin.
    case incumbentKept
    /// The incumbent's pick, because no model's quality clears the floor: better served below it than not at all.
    case incumbentKeptBelowFloor
    /// Another rule, by its name.
    case other(String)

    /// The name that the gateway stores.
    public var name: String {
      switch self {
      case .cheapestClearingFloor: "cheapest_clearing_floor"
      case .allowedVetoApplied: "m_allowed_veto_applied"
      case .noCandidateClearsFloor: "no_candidate_clears_floor"
      case .noCandidateEnrolled: "no_candidate_enrolled"
      case .incumbentKept: "incumbent_kept"
      case .incumbentKeptBelowFloor: "incumbent_kept_below_floor"
      case .other(let name): name
      }
    }

    init(name: String) {
      let known: [Ground] = [
        .cheapestClearingFloor, .allowedVetoApplied, .noCandidateClearsFloor, .noCandidateEnrolled, .incumbentKept,
        .incumbentKeptBelowFloor,
      ]
      self = known.first { $0.name == name } ?? .other(name)
    }
  }

  /// The arm, an index in the catalog; nil where nothing is served.
  public let arm: Int?
  /// The ground.
  public let rule: Ground

  /// Makes a decision.
  public init(arm: Int?, rule: Ground) {
    self.arm = arm
    self.rule = rule
  }
}
