internal import Outcomes
internal import Policies

/// Whether something simpler would be better: one model, or a mix of two. Policies that maximise quality under a budget, and
/// `strict`, may not be beaten; the rule that serves the cheapest model above a floor is only warned.
extension Gate {
  private var severity: GateCheck.Severity { thresholds.strict ? .fail : .warn }

  func staticMix() -> GateCheck {
    let required = "reward no lower than that of the mix of two models that costs the same"
    guard improvement.hasCosts, let mix = evidence.staticMix else {
      return GateCheck(
        notApplicable: .staticMix, improvement.hasCosts ? "no mix has the candidate's cost" : "no cost is known",
        required: required)
    }
    if let absence = improvement.absence {
      return GateCheck(notApplicable: .staticMix, "not available (\(absence))", required: required)
    }
    guard mix.comparison.referenceSampleSize >= Overlap.minimumSingleModelRows,
      mix.arms.allSatisfy({ overlap.shows(arm: $0, in: evidence.replay, rows: 0) })
    else {
      return GateCheck(
        notApplicable: .staticMix,
        "not available: the log shows too little of \(mix.name), effective sample size "
          + mix.comparison.referenceSampleSize.decimals(0), required: required)
    }
    let difference = mix.comparison.difference(.reward)
    let bound = ClusterBootstrap(difference, draws: thresholds.draws, seed: thresholds.seed).upper(error: alpha)
    let cost = mix.comparison.difference(.cost).mean
    return GateCheck(
      .staticMix, bound >= 0 ? .pass : severity,
      observed: "reward \(difference.mean.signedDecimals(4)), at most \(bound.signedDecimals(4)), and cost "
        + "\(cost.signedDecimals(7)) USD beside \(mix.name)",
      required: required,
      detail: bound >= 0 ? "" : "floors buy quality where they are set, not where it is cheap")
  }

  func singleModel() -> GateCheck {
    let replay = evidence.replay
    let required = "no single model at least as good on done and cheaper"
    guard improvement.hasCosts, improvement.absence == nil else {
      return GateCheck(
        notApplicable: .singleModel,
        improvement.absence.map { "not available (\($0))" } ?? "no cost is known", required: required)
    }
    let done = replay.candidate.value(.done)
    let cost = replay.candidate.value(.cost)
    let costs = costCounts
    let known = evidence.catalog.models.indices.filter {
      evidence.catalog.models[$0].isEnrolled && costs[$0].known > 0
        && costs[$0].share >= thresholds.knownCostShare
        && overlap.shows(arm: $0, in: replay, rows: Overlap.minimumSingleModelRows)
    }
    let better = known.filter {
      replay.singleArmValue(.done, arm: $0) >= done && replay.singleArmValue(.cost, arm: $0) < cost
    }
    let best = better.min { replay.singleArmValue(.cost, arm: $0) < replay.singleArmValue(.cost, arm: $1) }
    guard let best else {
      return GateCheck(
        .singleModel, .pass,
        observed: known.isEmpty
          ? "the log shows enough of no single model"
          : "no single model that the log shows enough of is as good and cheaper",
        required: required)
    }
    return GateCheck(
      .singleModel, severity,
      observed: "\(slug(best)) served to all: done \(replay.singleArmValue(.done, arm: best).decimals(4)) against "
        + "\(done.decimals(4)), cost \(replay.singleArmValue(.cost, arm: best).decimals(7)) against "
        + "\(cost.decimals(7)) USD",
      required: required,
      detail: "the floors of some tasks may be missed by it; where models are tied, floors choose by noise")
  }
}
