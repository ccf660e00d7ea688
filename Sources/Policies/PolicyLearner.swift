public import LinUCB
public import Outcomes

/// Turns a fit into a policy, by a decision rule and safe improvement on the incumbent.
public struct PolicyLearner: Sendable {
  /// The decision rule.
  public var rule: DecisionRule
  /// How many widths the upper bound lies above the mean.
  public var alpha: Double
  /// The effective support, in rows, under which a model may not take over from the incumbent's pick.
  public var minimumSupport: Double
  /// The share of a cell's traffic that goes to exploration; at least 0.05.
  public var exploration: Double

  /// Makes a learner.
  public init(
    rule: DecisionRule = .cheapestClearingFloor, alpha: Double = 1, minimumSupport: Double = 15,
    exploration: Double = 0.05
  ) {
    self.rule = rule
    self.alpha = alpha
    self.minimumSupport = minimumSupport
    self.exploration = exploration
  }

  /// The candidate.
  ///
  /// Safe improvement (after SPIBB: Laroche, Trichelair, Tachet des Combes 2019): where the evidence for a change is
  /// under `minimumSupport` the cell keeps the incumbent's pick while that is still enrolled. The evidence for a change
  /// to another model is that model's support; for serving nothing at all it is the support of the incumbent's pick.
  public func learn(_ table: Table, catalog: Catalog, incumbent: Policy) -> Policy {
    let models = catalog.models.map(\.slug)
    var rows: [(cell: Cell, row: Policy.Row)] = []
    rows.reserveCapacity(table.cells.count)
    for (number, cell) in table.cells.enumerated() {
      let pairs = number * table.arms..<(number + 1) * table.arms
      let entries = pairs.map { PolicyEntry(table.estimates[$0], alpha: alpha, count: Int(table.counts[$0])) }
      let own = rule.decide(
        catalog, floor: catalog.floor(task: cell.task), quality: entries.map(\.quality),
        upperBound: entries.map(\.upperBound))
      let held = incumbent.serve(cell, catalog: catalog, rule: rule).decision.arm
      let decision = improve(own, on: held, entries: entries)
      rows.append(
        (
          cell,
          Policy.Row(
            pick: decision.arm.map { models[$0] }, rule: decision.rule,
            count: entries.reduce(0) { $0 + $1.count }, entries: entries)
        ))
    }
    return Policy(models: models, exploration: exploration, table: rows)
  }

  private func improve(_ own: Decision, on held: Int?, entries: [PolicyEntry]) -> Decision {
    guard let held, held != own.arm, entries[own.arm ?? held].support < minimumSupport else { return own }
    return Decision(arm: held, rule: .incumbentKept)
  }
}
