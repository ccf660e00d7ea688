internal import Outcomes

/// Whether the candidate is no worse, better, and not below what served some time ago.
extension Gate {
  private var evidenceNeeded: String {
    let wealth = "its e-value over agents at least \(improvement.neededEValue.decimals(1))"
    return switch thresholds.evidence {
    case .interval: "its interval above 0"
    case .eValue: wealth
    case .both: "its interval above 0 and \(wealth)"
    }
  }

  func noWorse() -> GateCheck {
    let name = improvement.quality.name
    var required = "\(name) at least \((-thresholds.doneTolerance).decimals(3))"
    if improvement.judgesCost {
      required +=
        ", cost at most \(improvement.costTolerance.signedDecimals(7)) USD unless \(name) is better, and never more than "
        + "\(improvement.costLimit.signedDecimals(7)) USD (\(percent(thresholds.costLimit)))"
    }
    if let absence = improvement.absence {
      return GateCheck(.noWorse, false, observed: "not available (\(absence))", required: required)
    }
    var observed = "\(name) at least \(improvement.leastQuality.signedDecimals(4))"
    if improvement.judgesCost { observed += ", cost at most \(improvement.mostCost.signedDecimals(7)) USD" }
    return GateCheck(
      .noWorse, improvement.isNoWorse, observed: observed, required: required, detail: levelDetail)
  }

  func better() -> GateCheck {
    let quality = improvement.quality
    var required = "\(quality.name) up by \(thresholds.doneGain.decimals(3)) with \(evidenceNeeded)"
    if improvement.judgesCost {
      required += ", or cost down by \(percent(thresholds.costShare)) with its interval below 0"
    }
    if let absence = improvement.absence {
      return GateCheck(.better, false, observed: "not available (\(absence))", required: required)
    }
    var observed = "\(quality.name) \(seen(lift(quality), places: 4))"
    if thresholds.evidence != .interval { observed += ", e-value over agents \(improvement.eValue.significant(3))" }
    if improvement.judgesCost {
      observed += ", cost \(seen(lift(.cost), places: 7)) USD\(improvement.costShareText)"
    }
    return GateCheck(.better, improvement.isBetter, observed: observed, required: required, detail: levelDetail)
  }

  func anchor() -> GateCheck {
    let required =
      "done at least \((-thresholds.anchorTolerance).decimals(3)) beside the policy that served "
      + "\(thresholds.anchorDays.decimals(0)) days ago"
    guard let anchor = evidence.anchor else {
      return GateCheck(
        notApplicable: .anchor,
        evidence.standing.hasLedger ? "that policy is the incumbent" : "there is no ledger", required: required)
    }
    guard anchor.comparison.changedRows > 0 else {
      return GateCheck(.anchor, true, observed: "the candidate does what \(anchor.name) did", required: required)
    }
    guard anchor.comparison.referenceSampleSize >= Overlap.minimumRows else {
      return GateCheck(
        .anchor, false,
        observed: "not available: the log shows too little of \(anchor.name), effective sample size "
          + anchor.comparison.referenceSampleSize.decimals(0), required: required)
    }
    let difference = anchor.comparison.difference(.done)
    let bound = ClusterBootstrap(difference, draws: thresholds.draws, seed: thresholds.seed).lower(error: alpha)
    return GateCheck(
      .anchor, bound >= -thresholds.anchorTolerance,
      observed: "done \(difference.mean.signedDecimals(4)), at least \(bound.signedDecimals(4)), beside \(anchor.name)",
      required: required, detail: "steps that each lose a little may not add up")
  }
}
