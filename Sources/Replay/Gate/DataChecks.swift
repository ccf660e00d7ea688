internal import Glibc
internal import Outcomes
internal import Policies

/// What the rows must be before anything is made of them.
extension Gate {
  func source() -> GateCheck {
    let others = evidence.survey.sources.filter { $0.key != "prod" }.sorted { $0.key < $1.key }
    let seen = others.lazy.map { "\(count($0.value, "row")) of source \($0.key.shortened())" }.listed()
    return GateCheck(
      .source, others.isEmpty, observed: others.isEmpty ? "every row is prod" : seen,
      required: "every row's source is prod")
  }

  func paused() -> GateCheck {
    let required = "no rollback that `ainfera-labs resume` has not answered, and no table that was rolled back"
    guard evidence.standing.hasLedger else {
      return GateCheck(notApplicable: .paused, "there is no ledger", required: required)
    }
    if let pause = evidence.standing.pause {
      return GateCheck(
        .paused, false, observed: "rolled back from \(pause.from) to \(pause.to) on \(pause.since)", required: required,
        detail: "a person went back: nothing is promoted until somebody runs `ainfera-labs resume`")
    }
    if let version = evidence.standing.rolledBackVersion {
      return GateCheck(
        .paused, false, observed: "the candidate has the table of \(version), which was rolled back",
        required: required, detail: "to promote it all the same: train --allow-rolled-back \(version)")
    }
    return GateCheck(.paused, true, observed: "no rollback is open", required: required)
  }

  func volume() -> GateCheck {
    let (training, holdout) = (evidence.survey.training, evidence.survey.holdout)
    return GateCheck(
      .volume, training >= thresholds.minimumTrainingRows && holdout >= thresholds.minimumHoldoutRows,
      observed: "\(count(training, "training row")) and \(count(holdout, "holdout row"))",
      required: "at least \(thresholds.minimumTrainingRows) and \(thresholds.minimumHoldoutRows)",
      detail: evidence.survey.failures > 0
        ? "\(count(evidence.survey.failures, "failed call")) known without a judge" : "")
  }

  /// Failed calls without a cost are left out of the shares, for many providers charge nothing for them and say nothing; in
  /// the lift they count against the candidate.
  func costs() -> GateCheck {
    let required =
      "a cost of 0 or more known for at least \(percent(thresholds.knownCostShare)) of all rows, and of each picked "
      + "model's"
    guard evidence.survey.hasCosts else {
      return GateCheck(notApplicable: .costs, "the outcomes have no costs, so only quality decides", required: required)
    }
    let counts = costCounts
    let picked = Set(picks.compactMap(\.candidate))
    let all = CostCount.share(counts)
    let known = counts.reduce(0) { $0 + $1.known }
    var faults = known == 0 ? ["no cost is known"] : []
    if known > 0, all < thresholds.knownCostShare { faults.append("known for \(percent(all, 1)) of all rows") }
    let thin = picked.sorted().filter { known > 0 && counts[$0].share < thresholds.knownCostShare }
    if !thin.isEmpty {
      let parts = thin.lazy.map { "\(percent(counts[$0].share, 1)) of the rows of \(slug($0))" }
      faults.append("known for " + parts.listed())
    }
    let silent = counts.reduce(0) { $0 + $1.failedWithoutCost }
    return GateCheck(
      .costs, faults.isEmpty,
      observed: faults.isEmpty ? "known for \(percent(all, 1)) of all rows" : faults.joined(separator: "; "),
      required: required,
      detail: silent > 0 ? "\(count(silent, "failed call")) without a cost, counted against the candidate" : "")
  }

  /// How many costs are known, by arm.
  public var costCounts: [CostCount] {
    evidence.catalog.models.enumerated().map { arm, model in
      CostCount(model: model.slug, [evidence.training.sums(arm: arm), evidence.holdout.sums(arm: arm)])
    }
  }

  func labels() -> GateCheck {
    let ranges = [evidence.training.rewardRange, evidence.holdout.rewardRange].compactMap(\.self)
    let (low, high) = (ranges.map(\.lowerBound).min() ?? 0, ranges.map(\.upperBound).max() ?? 0)
    guard !ranges.isEmpty else {
      return GateCheck(.labels, false, observed: "no row was judged", required: "judged rows whose rewards vary")
    }
    var faults = high > low ? [] : ["every reward is the same"]
    faults += worthlessModels() + evidence.survey.labelOutages(chance: thresholds.brokenLabelChance)
    let judges = evidence.survey.newJudges
    if !judges.isEmpty {
      faults.append(
        (judges.count == 1 ? "the judge \(judges.listed())" : "\(judges.count) judges, \(judges.listed()),")
          + " labelled the holdout but not training")
    }
    return GateCheck(
      .labels, faults.isEmpty,
      observed: faults.isEmpty
        ? "rewards vary, \(count(evidence.survey.judges.count, "judge"))"
        : faults[0] + (faults.count > 1 ? ", and \(count(faults.count - 1, "more fault"))" : ""),
      required:
        "rewards that vary, no model always at 0 in a task, no time in which every score is 1, no judge new "
        + "in the holdout")
  }

  /// The models that score 0 on all of their succeeded rows in a task, where at the task's own rate that cannot be chance.
  private func worthlessModels() -> [String] {
    Set(evidence.training.taskNames + evidence.holdout.taskNames).sorted().flatMap { task -> [String] in
      var all = evidence.training.sums(task: task)
      all.add(evidence.holdout.sums(task: task))
      guard all.judged > 0 else { return [] }
      let rate = Double(all.zeros) / Double(all.judged)
      return evidence.catalog.models.indices.compactMap { arm in
        var sums = evidence.training.sums(task: task, arm: arm)
        sums.add(evidence.holdout.sums(task: task, arm: arm))
        guard sums.judged >= thresholds.worthlessRows, sums.zeros == sums.judged,
          pow(rate, Double(sums.judged)) < thresholds.brokenLabelChance
        else { return nil }
        return "\(slug(arm)) scores 0 on all of its \(sums.judged) succeeded rows in \(task.shortened())"
      }
    }
  }

  func ruleset() -> GateCheck {
    let required = "the incumbent's, or --allow-ruleset-change"
    guard evidence.standing.hasLedger else {
      return GateCheck(notApplicable: .ruleset, "there is no ledger", required: required)
    }
    let isSame = evidence.standing.incumbentRuleset.map { $0 == evidence.ruleset } ?? true
    let was = evidence.standing.incumbentRuleset ?? "none"
    return GateCheck(
      .ruleset, isSame || evidence.standing.allowsRulesetChange,
      observed: "\(evidence.ruleset), the incumbent's is \(was)", required: required)
  }
}
