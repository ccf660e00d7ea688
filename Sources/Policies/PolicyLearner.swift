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
    let pooled = pooledEntries(table)
    let order = PolicyLearner.order(table.cells)
    var rows = PolicyTable(models: models.count)
    rows.reserve(cells: order.count)
    for number in order {
      let cell = table.cells[number]
      let entries = entries(table, number)
      let own = rule.decide(
        catalog, floor: catalog.floor(task: cell.task), quality: entries.map(\.quality),
        upperBound: entries.map(\.upperBound))
      let held = incumbent.decide(cell, catalog: catalog, rule: rule).arm
      let decision = improve(own, on: held, entries: entries, pooled: pooled[cell.fallback] ?? entries)
      rows.append(
        pick: decision.arm.map { models[$0] }, rule: decision.rule.name, count: entries.reduce(0) { $0 + $1.count })
      for (model, entry) in entries.enumerated() { rows.set(model: model, entry) }
    }
    let learned = Policy(
      models: models, exploration: exploration, cells: order.map { table.cells[$0] }, table: rows)
    let kept = keptCells(of: incumbent, beside: learned, catalog: catalog)
    return kept.isEmpty ? learned : adding(kept, to: learned, rows, catalog)
  }

  /// The order of the cells' bytes.
  private static func order(_ cells: [Cell]) -> [Int] {
    let names = cells.map { Array($0.description.utf8) }
    return cells.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
  }

  private func entries(_ table: Table, _ number: Int) -> [PolicyEntry] {
    (number * table.arms..<(number + 1) * table.arms).map {
      PolicyEntry(table.estimates[$0], alpha: alpha, count: Int(table.counts[$0]))
    }
  }

  /// What the fit says of each model in a task and band over all tenants, by fallback cell.
  private func pooledEntries(_ table: Table) -> [Cell: [PolicyEntry]] {
    var result: [Cell: [PolicyEntry]] = [:]
    for (number, cell) in table.cells.enumerated() where cell.tenant == Cell.anyTenant {
      result[cell] = entries(table, number)
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

  /// The incumbent's cells that training has not seen and that would be left without a model, with the arm that serves each.
  private func keptCells(
    of incumbent: Policy, beside learned: Policy, catalog: Catalog
  ) -> [(cell: Cell, arm: Int)] {
    incumbent.cells.compactMap { cell in
      guard !learned.contains(cell), learned.decide(cell, catalog: catalog, rule: rule).arm == nil,
        let held = incumbent.decide(cell, catalog: catalog, rule: rule).arm
      else { return nil }
      return (cell, held)
    }
  }

  /// The policy with the cells that keep the incumbent's pick.
  private func adding(
    _ kept: [(cell: Cell, arm: Int)], to learned: Policy, _ rows: PolicyTable, _ catalog: Catalog
  ) -> Policy {
    var rows = rows
    for (cell, arm) in kept {
      rows.append(
        pick: catalog.models[arm].slug, rule: Decision.Ground.incumbentKeptBelowFloor.name, count: 0)
      for (model, entry) in (learned.row(for: cell)?.entries ?? []).enumerated() {
        if let entry { rows.set(model: model, entry) }
      }
    }
    return Policy(
      models: learned.models, exploration: exploration, cells: learned.cells + kept.map(\.cell), table: rows)
  }
}
