internal import Outcomes
internal import Policies

/// The promotion gate: a list of checks, all of which are run and shown; the first that fails is the reason to hold.
///
/// What its numbers assume: that every model a policy would choose had a chance of being chosen (positivity), that
/// within a cell nothing unseen drove the router's choice, and that judged outcomes stand for the traffic.
public struct Gate {
  /// What was asked for.
  public let thresholds: GateThresholds
  private let evidence: GateEvidence
  /// Whether the candidate is no worse, and better.
  public let improvement: Improvement

  /// Takes the evidence and computes the lifts.
  public init(_ evidence: GateEvidence, thresholds: GateThresholds) {
    self.evidence = evidence
    self.thresholds = thresholds
    improvement = Improvement(
      evidence.replay, thresholds: thresholds,
      alpha: AlphaSpending.level(try: evidence.attempt, total: thresholds.alpha))
  }

  /// The error that this try may spend.
  public var alpha: Double { improvement.alpha }

  /// The lift of each quantity, by `Quantity.rawValue`.
  public var lifts: [Lift] { improvement.lifts }

  /// The lift of a quantity.
  public func lift(_ quantity: Quantity) -> Lift { improvement.lift(quantity) }

  /// All checks but the last, which only the ledger can make.
  public func checks() -> [GateCheck] {
    [
      source(), cadence(), volume(), labels(), ruleset(), propensities(), support(), noWorse(), better(), slices(),
      coverage(), exploration(), singleModel(), reload(),
    ]
  }

  /// The check at commit time: the incumbent is still the one that was replayed.
  public static func incumbentCheck(replayed: String, now: String) -> GateCheck {
    GateCheck(
      "incumbent", replayed == now, observed: "the incumbent is \(now)", required: "\(replayed), which was replayed")
  }

  private func source() -> GateCheck {
    let others = evidence.survey.sources.filter { $0.key != "prod" }.sorted { $0.key < $1.key }
    let seen = others.map { "\($0.value) rows of source \($0.key)" }.joined(separator: ", ")
    return GateCheck(
      "source", others.isEmpty, observed: others.isEmpty ? "every row is prod" : seen,
      required: "every row's source is prod")
  }

  private func cadence() -> GateCheck {
    GateCheck(
      "cadence", evidence.servingBar == nil, observed: evidence.servingBar ?? "a run that may serve",
      required: "neither shadow nor dry run")
  }

  private func volume() -> GateCheck {
    let (training, holdout) = (evidence.survey.training, evidence.survey.holdout)
    return GateCheck(
      "volume", min(training, holdout) >= thresholds.minimumRows,
      observed: "\(training) training and \(holdout) holdout rows",
      required: "at least \(thresholds.minimumRows) of each")
  }

  private func labels() -> GateCheck {
    var all = evidence.trainingLabels
    all.merge(evidence.replay.labels)
    var faults: [String] = []
    if !all.varies { faults.append("every reward is the same") }
    for (arm, rows) in all.worthless(rows: thresholds.worthlessRows) {
      faults.append("\(evidence.catalog.models[arm].slug) scores 0 on all of its \(rows) succeeded rows")
    }
    for judge in evidence.survey.newJudges { faults.append("the judge \(judge) labelled the holdout but not training") }
    return GateCheck(
      "labels", faults.isEmpty,
      observed: faults.isEmpty
        ? "rewards vary, \(evidence.survey.judges.count) judges" : faults.joined(separator: "; "),
      required: "rewards that vary, no model always at 0, no judge new in the holdout")
  }

  private func ruleset() -> GateCheck {
    let isSame = evidence.incumbentRuleset.map { $0 == evidence.ruleset } ?? true
    let was = evidence.incumbentRuleset ?? "none"
    return GateCheck(
      "ruleset", isSame || evidence.allowsRulesetChange, observed: "\(evidence.ruleset), the incumbent's is \(was)",
      required: "the incumbent's, or --allow-ruleset-change")
  }

  private func propensities() -> GateCheck {
    var faults: [String] = []
    var worst = 0.0
    func compare(_ name: String, mean: Double, to expected: Double, standardError: Double) {
      let errors =
        standardError > 0 ? abs(mean - expected) / standardError : (abs(mean - expected) > 1e-9 ? .infinity : 0)
      worst = max(worst, errors)
      if errors > thresholds.calibrationErrors {
        faults.append("\(name) \(mean.decimals(3)) ± \(standardError.decimals(3))")
      }
    }
    let replay = evidence.replay
    for (name, policy) in [("incumbent", replay.incumbent), ("candidate", replay.candidate)] {
      compare(
        "mean weight of the \(name)", mean: policy.calibration.mean + 1, to: 1,
        standardError: policy.calibration.standardError)
    }
    for (arm, model) in evidence.catalog.models.enumerated() {
      let moments = replay.inversePropensity(arm: arm)
      guard moments.sum > 0 else { continue }
      compare(
        "mean 1/propensity of \(model.slug)", mean: moments.mean, to: 1, standardError: moments.standardError)
    }
    return GateCheck(
      "propensities", faults.isEmpty,
      observed: faults.isEmpty ? "at most \(worst.decimals(1)) standard errors from 1" : faults.joined(separator: "; "),
      required: "within \(thresholds.calibrationErrors.decimals(0)) standard errors of 1", detail: propensityDetail)
  }

  private var propensityDetail: String {
    let counts = evidence.propensities
    var parts = [counts.summary]
    if counts.estimated > 0 { parts.append("an estimate assumes no hidden cause of the choice") }
    if counts.versions > 0 { parts.append("versions as loggers assume that contexts do not drift") }
    if evidence.replay.rows > 0, evidence.replay.comparedCells == 0, counts.versions == 0 {
      parts.append("no choice was ever compared: in every cell the log shows one model alone")
    }
    return parts.joined(separator: "; ")
  }

  private func support() -> GateCheck {
    let replay = evidence.replay
    let size = replay.candidate.effectiveSampleSize
    let share = replay.candidate.largestShare
    let (changed, supported) = changedRows()
    let supportedShare = changed > 0 ? Double(supported) / Double(changed) : 1
    let passed =
      size >= thresholds.minimumEffectiveSampleSize && share <= thresholds.largestShare
      && supportedShare >= thresholds.supportedShare
    return GateCheck(
      "support", passed,
      observed: "effective sample size \(size.decimals(0)), heaviest row \((100 * share).decimals(1)) %, "
        + "\((100 * supportedShare).decimals(0)) % of \(changed) changed rows supported",
      required: "at least \(thresholds.minimumEffectiveSampleSize.decimals(0)), "
        + "at most \((100 * thresholds.largestShare).decimals(0)) %, "
        + "at least \((100 * thresholds.supportedShare).decimals(0)) %")
  }

  /// The holdout rows in cells whose pick changed, and those of them in a task with enough rows of the new pick.
  private func changedRows() -> (changed: Int, supported: Int) {
    let replay = evidence.replay
    let arms = evidence.catalog.models.count
    var taskRows: [String: [Int]] = [:]
    for number in replay.cells.indices {
      var rows = taskRows[evidence.cells[number].task] ?? Array(repeating: 0, count: arms)
      for arm in 0..<arms { rows[arm] += Int(replay.armRows[number * arms + arm]) }
      taskRows[evidence.cells[number].task] = rows
    }
    var result = (changed: 0, supported: 0)
    for (number, cell) in replay.cells.enumerated() where cell.isChanged {
      result.changed += replay.cellLift[number].count
      let rows = cell.pick.flatMap { taskRows[evidence.cells[number].task]?[$0] } ?? 0
      if rows >= thresholds.pickRows { result.supported += replay.cellLift[number].count }
    }
    return result
  }

  private var evidenceNeeded: String {
    let wealth = "its e-value at least \(improvement.neededEValue.decimals(1))"
    return switch thresholds.evidence {
    case .interval: "its interval above 0"
    case .eValue: wealth
    case .both: "its interval above 0 and \(wealth)"
    }
  }

  private func noWorse() -> GateCheck {
    let name = improvement.quality.name
    var observed = "\(name) at least \(improvement.leastQuality.signedDecimals(4))"
    var required = "\(name) at least \((-thresholds.doneTolerance).decimals(3))"
    if thresholds.objective == .doneAndCost {
      observed += ", cost at most \(improvement.mostCost.signedDecimals(7)) USD"
      required += ", cost at most \(improvement.costLimit.signedDecimals(7)) USD unless done is better"
    }
    return GateCheck(
      "no worse", improvement.isNoWorse, observed: observed, required: required, detail: levelDetail)
  }

  private func better() -> GateCheck {
    let quality = improvement.quality
    var required = "\(quality.name) up by \(thresholds.doneGain.decimals(3)) with \(evidenceNeeded)"
    var observed =
      "\(quality.name) \(seen(lift(quality), places: 4)), e-value \(improvement.eValue.significant(3))"
    if thresholds.objective == .doneAndCost {
      let cost = lift(.cost)
      let incumbentCost = improvement.incumbentCost
      let share = incumbentCost > 0 ? 100 * cost.mean / incumbentCost : 0
      observed += ", cost \(seen(cost, places: 7)) USD (\(share.signedDecimals(1)) %)"
      required += ", or cost down by \((100 * thresholds.costShare).decimals(0)) % with its interval below 0"
    }
    return GateCheck("better", improvement.isBetter, observed: observed, required: required, detail: levelDetail)
  }

  /// What a promotion is for, in a line.
  public var summary: String {
    "done \(seen(lift(.done), places: 4)), cost \(seen(lift(.cost), places: 7)) USD"
  }

  private func seen(_ lift: Lift, places: Int) -> String {
    "\(lift.mean.signedDecimals(places)) [\(lift.interval.lower.signedDecimals(places)), "
      + "\(lift.interval.upper.signedDecimals(places))]"
  }

  private var levelDetail: String {
    "try \(evidence.attempt) since the last promotion, error \(alpha.decimals(5))"
  }

  private func slices() -> GateCheck {
    let all = Slice.all(of: evidence.replay, cells: evidence.cells, leastRows: thresholds.sliceRows)
    let harmed = Slice.harmed(all, thresholds: thresholds)
    let worst = all.min { $0.lift < $1.lift }
    let seen = harmed.prefix(3).map { "\($0.name) \($0.lift.signedDecimals(3)) over \($0.rows) rows" }
    let calm = worst.map { ", the lowest is \($0.name) \($0.lift.signedDecimals(3)) ± \($0.standardError.decimals(3))" }
    return GateCheck(
      "slices", harmed.isEmpty,
      observed: harmed.isEmpty
        ? "none of \(all.count) harmed" + (calm ?? "")
        : "\(harmed.count) of \(all.count) harmed: " + seen.joined(separator: ", "),
      required: "none under \((-thresholds.sliceTolerance).decimals(2)) in done"
        + (thresholds.strict ? "" : " and significantly negative"))
  }

  private func coverage() -> GateCheck {
    let cells = Set(evidence.candidate.cells + evidence.incumbent.cells + evidence.cells)
    let lost = cells.filter { cell in
      evidence.incumbent.serve(cell, catalog: evidence.catalog, rule: evidence.rule).decision.arm != nil
        && evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule).decision.arm == nil
    }
    let names = lost.map(\.description).sorted().prefix(3).joined(separator: ", ")
    return GateCheck(
      "coverage", lost.isEmpty,
      observed: lost.isEmpty ? "every cell kept its pick" : "\(lost.count) cells lost their pick: \(names)",
      required: "no cell that had a pick has lost it")
  }

  private func exploration() -> GateCheck {
    let shares = evidence.candidate.cells.compactMap { cell -> Double? in
      let service = evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
      guard let pick = service.decision.arm else { return nil }
      let explored = 1 - service.probabilities[pick]
      return explored > 0 ? explored : evidence.candidate.exploration
    }
    let least = shares.min() ?? evidence.candidate.exploration
    return GateCheck(
      "exploration", least >= thresholds.minimumExploration - 1e-12,
      observed: "at least \((100 * least).decimals(1)) % of every cell",
      required: "at least \((100 * thresholds.minimumExploration).decimals(0)) %")
  }

  private func singleModel() -> GateCheck {
    let replay = evidence.replay
    let done = replay.candidate.value(.done)
    let cost = replay.candidate.value(.cost)
    let better = evidence.catalog.models.indices.filter { arm in
      evidence.catalog.models[arm].isEnrolled && replay.rows > 0
        && replay.singleArmValue(.done, arm: arm) >= done && replay.singleArmValue(.cost, arm: arm) < cost
    }
    let best = better.min { replay.singleArmValue(.cost, arm: $0) < replay.singleArmValue(.cost, arm: $1) }
    let seen = best.map { arm in
      "\(evidence.catalog.models[arm].slug) served to all: done "
        + "\(replay.singleArmValue(.done, arm: arm).decimals(4)) against \(done.decimals(4)), cost "
        + "\(replay.singleArmValue(.cost, arm: arm).decimals(6)) against \(cost.decimals(6)) USD"
    }
    return GateCheck(
      "single model", best == nil || !thresholds.strict, observed: seen ?? "none is as good and cheaper",
      required: "no single model at least as good on done and cheaper",
      detail: best != nil && !thresholds.strict ? "warning: a floor among tied models buys noise" : "")
  }

  private func reload() -> GateCheck {
    let differing = evidence.candidate.cells.filter { cell in
      evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
        != evidence.reloaded.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
    }
    let first = differing.first.map { ", first \($0)" } ?? ""
    return GateCheck(
      "reload", differing.isEmpty && evidence.candidate.cells == evidence.reloaded.cells,
      observed: "\(differing.count) of \(evidence.candidate.cells.count) cells decide otherwise" + first,
      required: "the policy read back decides the same in every cell")
  }
}
