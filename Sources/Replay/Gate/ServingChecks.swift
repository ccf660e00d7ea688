internal import Outcomes
internal import Policies

/// Whether the candidate serves every cell, explores, and reads back as what it is.
extension Gate {
  func coverage() -> GateCheck {
    let cells = Set(evidence.candidate.cells + evidence.incumbent.cells + evidence.cells)
    var (lost, below) = ([Cell](), 0)
    for cell in cells {
      let new = evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule).decision
      if new.rule == .incumbentKeptBelowFloor, cell.tenant != Cell.anyTenant { below += 1 }
      let old = evidence.incumbent.serve(cell, catalog: evidence.catalog, rule: evidence.rule).decision
      if old.arm != nil, new.arm == nil { lost.append(cell) }
    }
    let names = lost.map(\.description).sorted().listed()
    return GateCheck(
      .coverage, lost.isEmpty,
      observed: lost.isEmpty ? "every cell kept its pick" : "\(count(lost.count, "cell")) lost the pick: \(names)",
      required: "no cell that had a pick has lost it",
      detail: below > 0 ? "\(count(below, "cell")) served below the floor, for nothing clears it" : "")
  }

  func exploration() -> GateCheck {
    let shares = evidence.candidate.cells.compactMap { cell -> Double? in
      let service = evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
      guard let pick = service.decision.arm else { return nil }
      let explored = 1 - service.probabilities[pick]
      return explored > 0 ? explored : evidence.candidate.exploration
    }
    let least = shares.min() ?? evidence.candidate.exploration
    return GateCheck(
      .exploration, least >= thresholds.minimumExploration - 1e-12,
      observed: "at least \(percent(least, 1)) of every cell",
      required: "at least \(percent(thresholds.minimumExploration))")
  }

  func reload() -> GateCheck {
    let differing = evidence.candidate.cells.filter { cell in
      evidence.candidate.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
        != evidence.reloaded.serve(cell, catalog: evidence.catalog, rule: evidence.rule)
    }
    let first = differing.first.map { ", first \($0.description.shortened())" } ?? ""
    return GateCheck(
      .reload, differing.isEmpty && evidence.candidate.cells == evidence.reloaded.cells,
      observed: "\(differing.count) of \(count(evidence.candidate.cells.count, "cell")) decide otherwise" + first,
      required: "the policy read back decides the same in every cell")
  }
}
