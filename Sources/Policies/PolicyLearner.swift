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
  /// Safe improvement (after SPIBB: Laroche, Trichelair, Tachet des Combes 2019): a model whose support is under
  /// `minimumSupport`, in the cell and in the task and band over all tenants, may not take over from the incumbent's pick,
  /// and the cell keeps that pick while it is enrolled. So a small tenant gains from what the others showed. A
  /// cell that the incumbent serves is never left without a model, even where no model's quality clears the floor.
  public func learn(_ table: Table, catalog: Catalog, incumbent: Policy) -> Policy {
    let models = catalog.models.map(\.slug)
    var rows: [(cell: Cell, row: Policy.Row)] = []
    rows.reserveCapacity(table.cells.count)
    let pooled = pooledEntries(table)
    for (number, cell) in table.cells.enumerated() {
      let pairs = number * table.arms..<(number + 1) * table.arms
      let entries = pairs.map { PolicyEntry(table.estimates[$0], alpha: alpha, count: Int(table.counts[$0])) }
      let own = rule.decide(
        catalog, floor: catalog.floor(task: cell.task), quality: entries.map(\.quality),
        upperBound: entries.map(\.upperBound))
      let held = incumbent.serve(cell, catalog: catalog, rule: rule).decision.arm
      let decision = improve(own, on: held, entries: entries, pooled: pooled[cell.fallback] ?? entries)
      rows.append(
        (
          cell,
          Policy.Row(
            pick: decision.arm.map { models[$0] }, rule: decision.rule,
            count: entries.reduce(0) { $0 + $1.count }, entries: entries)
        ))
    }
    let learned = Policy(models: models, exploration: exploration, table: rows)
    let kept = keptRows(of: incumbent, beside: learned, catalog: catalog)
    return kept.isEmpty ? learned : Policy(models: models, exploration: exploration, table: rows + kept)
  }

  /// What the fit says of each model in a task and band over all tenants, by fallback cell.
  private func pooledEntries(_ table: Table) -> [Cell: [PolicyEntry]] {
    var result: [Cell: [PolicyEntry]] = [:]
    for (number, cell) in table.cells.enumerated() where cell.tenant == Cell.anyTenant {
      result[cell] = (number * table.arms..<(number + 1) * table.arms).map {
        PolicyEntry(table.estimates[$0], alpha: alpha, count: Int(table.counts[$0]))
      }
    }
    return result
  }

  private func improve(
    _ own: Decision, on held: Int?, entries: [PolicyEntry], pooled: [PolicyEntry]
  ) -> Decision {
    guard let held, held != own.arm else { return own }
    guard let arm = own.arm else { return Decision(arm: held, rule: .incumbentKeptBelowFloor) }
    let support = max(entries[arm].support, pooled[arm].support)
    return support < minimumSupport ? Decision(arm: held, rule: .incumbentKept) : own
  }

  /// Rows for the incumbent's cells that training has not seen and that would be left without a model.
  private func keptRows(
    of incumbent: Policy, beside learned: Policy, catalog: Catalog
  ) -> [(cell: Cell, row: Policy.Row)] {
    let known = Set(learned.cells)
    return incumbent.cells.compactMap { cell in
      guard !known.contains(cell), learned.serve(cell, catalog: catalog, rule: rule).decision.arm == nil,
        let held = incumbent.serve(cell, catalog: catalog, rule: rule).decision.arm
      else { return nil }
      let entries = learned.row(for: cell)?.entries ?? catalog.models.map { _ in nil }
      return (
        cell,
        Policy.Row(
          pick: catalog.models[held].slug, rule: .incumbentKeptBelowFloor, count: 0, entries: entries)
      )
    }
  }
}
