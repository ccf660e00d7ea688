internal import Outcomes
internal import Policies

/// Whether anything would change, and whether enough rows show what.
extension Gate {
  /// The cells with traffic in either half whose pick changes.
  private var changedCells: Int {
    let inHoldout = Set(
      evidence.replay.cells.indices.filter {
        evidence.replay.cells[$0].isChanged && evidence.replay.cellLift[$0].count > 0
      }.map { evidence.cells[$0] })
    let inTraining = evidence.candidate.cells.indices.filter { number in
      let cell = evidence.candidate.cells[number]
      guard evidence.candidate.count(at: number) > 0, !inHoldout.contains(cell) else { return false }
      return evidence.candidate.decide(cell, catalog: evidence.catalog, rule: evidence.rule).arm
        != evidence.incumbent.decide(cell, catalog: evidence.catalog, rule: evidence.rule).arm
    }
    return inHoldout.count + inTraining.count
  }

  func change() -> GateCheck {
    let cells = changedCells
    let all = evidence.replay.cellLift.reduce(0.0) { $0 + $1.weight }
    let changed = zip(evidence.replay.cells, evidence.replay.cellLift).reduce(0.0) {
      $0 + ($1.0.isChanged ? $1.1.weight : 0)
    }
    return GateCheck(
      .change, cells > 0,
      observed: cells == 0
        ? "no cell with traffic has another pick: nothing to promote"
        : "another pick in \(count(cells, "cell")), \(percent(all > 0 ? changed / all : 0, 1)) of the holdout's traffic",
      required: "at least one cell with traffic has another pick")
  }

  func support() -> GateCheck {
    let replay = evidence.replay
    let size = replay.candidate.effectiveSampleSize
    let share = replay.candidate.largestShare
    let (changed, supported) = changedRows()
    let supportedShare = changed > 0 ? Double(supported) / Double(changed) : 1
    let passed =
      size >= thresholds.minimumEffectiveSampleSize && share <= thresholds.largestShare
      && supportedShare >= thresholds.supportedShare
    return GateCheck(
      .support, passed,
      observed: "effective sample size \(size.decimals(0)), heaviest row \(percent(share, 1)), "
        + (changed > 0
          ? "\(percent(supportedShare)) of \(count(changed, "row")) in changed cells supported"
          : "no rows in changed cells"),
      required: "at least \(thresholds.minimumEffectiveSampleSize.decimals(0)), "
        + "at most \(percent(thresholds.largestShare)), at least \(percent(thresholds.supportedShare)) in tasks with "
        + "\(thresholds.pickRows) or more holdout rows of the new pick")
  }

  /// The holdout rows in cells whose pick changed, and those of them in a task with enough rows of the new pick.
  private func changedRows() -> (changed: Int, supported: Int) {
    var result = (changed: 0, supported: 0)
    let byTask = evidence.replay.armRows(byTask: evidence.cells)
    for (number, cell) in evidence.replay.cells.enumerated() where cell.isChanged {
      let rows = evidence.replay.cellLift[number].count
      result.changed += rows
      let ofPick = cell.pick.flatMap { byTask[evidence.cells[number].task]?[$0] } ?? 0
      if ofPick >= thresholds.pickRows { result.supported += rows }
    }
    return result
  }
}
