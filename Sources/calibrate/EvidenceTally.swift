import Replay

/// For each kind of evidence, the night on which it first sufficed; absent where it never did.
struct EvidenceTally: Sendable {
  private(set) var firstNight: [GateThresholds.Evidence: Int] = [:]

  /// Looks at a night's improvement, which alone must suffice here, whatever other checks say.
  mutating func look(_ improvement: Improvement, night: Int) {
    var improvement = improvement
    for evidence in GateThresholds.Evidence.allCases where firstNight[evidence] == nil {
      improvement.thresholds.evidence = evidence
      if improvement.isNoWorse && improvement.isBetter { firstNight[evidence] = night }
    }
  }

  var isComplete: Bool { firstNight.count == GateThresholds.Evidence.allCases.count }
}
