internal import Outcomes
internal import Policies

/// Whether the candidate serves every cell, explores, and reads back as what it is.
extension Gate {
  func coverage() -> GateCheck {
    let (candidate, incumbent, catalog, rule) = (
      evidence.candidate, evidence.incumbent, evidence.catalog, evidence.rule
    )
    var (lost, below) = ([Cell](), 0)
    func look(at cell: Cell) {
      let new = candidate.decide(cell, catalog: catalog, rule: rule)
      if new.rule == .incumbentKeptBelowFloor, cell.tenant != Cell.anyTenant { below += 1 }
      guard new.arm == nil else { return }
      if incumbent.decide(cell, catalog: catalog, rule: rule).arm != nil { lost.append(cell) }
    }
    for cell in candidate.cells { look(at: cell) }
    for cell in incumbent.cells where !candidate.contains(cell) { look(at: cell) }
    for cell in evidence.cells where !candidate.contains(cell) && !incumbent.contains(cell) { look(at: cell) }
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
    let difference = evidence.reload
    let first = difference.first.map { ", first \($0.shortened())" } ?? ""
    return GateCheck(
      .reload, difference == PolicyArtifact.Difference(),
      observed: difference.fault
        ?? "\(difference.cells) of \(count(evidence.candidate.cells.count, "cell")) decide otherwise" + first,
      required: "the policy read back decides the same in every cell")
  }
}
