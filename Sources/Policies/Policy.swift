public import Outcomes

/// A policy as the gateway looks it up: for each cell a pick, and for each model what is known of it.
///
/// - Complexity: memory in cells × models, some 30 bytes a pair.
public struct Policy: Sendable, Equatable {
  /// One cell of the table.
  public struct Row: Sendable, Equatable {
    /// The slug of the model that the cell is served by.
    public let pick: String?
    /// On what ground.
    public let rule: Decision.Ground
    /// The training rows of the cell.
    public let count: Int
    /// What is known of each model, by slug, in the order of `Policy.models`.
    public let entries: [PolicyEntry?]
  }

  /// The slugs of the models, in the order of their bytes.
  public let models: [String]
  /// The share of a cell's traffic that goes to exploration.
  public let exploration: Double
  /// The cells in the order of their bytes, fallback cells among them.
  public let cells: [Cell]
  let table: PolicyTable
  private let index: CellIndex
  private let modelIndex: NameIndex

  /// The policy before any was promoted: it knows only the priors.
  public static func untrained(exploration: Double) -> Policy {
    Policy(models: [], exploration: exploration, cells: [], table: PolicyTable(models: 0))
  }

  /// - Parameters:
  ///   - cells: the cells of the table's rows, in any order; no cell twice.
  ///   - models: the models of the table's columns, in any order; no model twice.
  init(models: [String], exploration: Double, cells: [Cell], table: PolicyTable) {
    self.exploration = exploration
    let cellOrder = Policy.order(cells.map { Array($0.description.utf8) })
    let modelOrder = Policy.order(models.map { Array($0.utf8) })
    if cellOrder == nil, modelOrder == nil {
      (self.cells, self.models, self.table) = (cells, models, table)
    } else {
      let (cellOrder, modelOrder) = (cellOrder ?? Array(cells.indices), modelOrder ?? Array(models.indices))
      self.cells = cellOrder.map { cells[$0] }
      self.models = modelOrder.map { models[$0] }
      self.table = table.ordered(cells: cellOrder, models: modelOrder)
    }
    index = CellIndex(self.cells)
    modelIndex = NameIndex(self.models)
  }

  /// The order of the names' bytes; nil where that is the order that they have.
  private static func order(_ names: [[UInt8]]) -> [Int]? {
    let isSorted = names.indices.dropFirst().allSatisfy { !names[$0].lexicographicallyPrecedes(names[$0 - 1]) }
    return isSorted ? nil : names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
  }

  /// Whether two policies say the same.
  public static func == (first: Policy, second: Policy) -> Bool {
    first.exploration == second.exploration && first.models.count == second.models.count
      && zip(first.models, second.models).allSatisfy { areSame($0, $1) } && first.cells == second.cells
      && first.cells.indices.allSatisfy { first.table.hasSameRow($0, as: second.table, $0) }
  }

  /// Whether every cell of a part of a policy has the row that it has here.
  package func contains(_ part: Policy) -> Bool {
    guard part.models.count <= models.count else { return false }
    return part.cells.indices.allSatisfy { number in
      self.number(of: part.cells[number]).map { row($0, of: part.models) == part.row(at: number) } ?? false
    }
  }

  private func row(_ number: Int, of models: [String]) -> Row {
    Row(
      pick: table.pick(number), rule: Decision.Ground(name: table.rule(number)), count: table.counts[number],
      entries: models.map { entry(number, model: $0) })
  }

  /// The place of the row of exactly this cell.
  private func number(of cell: Cell) -> Int? { index.number(of: cell, in: cells) }

  /// Whether there is a row of exactly this cell.
  public func contains(_ cell: Cell) -> Bool { number(of: cell) != nil }

  /// The place of the row that serves the cell: its own, else that of `task:*:band`, else none.
  private func servingNumber(of cell: Cell) -> Int? { number(of: cell) ?? number(of: cell.fallback) }

  /// The row of a cell, by its place in `cells`.
  public func row(at number: Int) -> Row { row(number, of: models) }

  /// The training rows of a cell, by its place in `cells`.
  public func count(at number: Int) -> Int { table.counts[number] }

  /// The slug of the model that a cell is served by, by its place in `cells`.
  public func pick(at number: Int) -> String? { table.pick(number) }

  /// The models that serve a cell, in the order of their bytes.
  public var picks: [String] {
    let picks = table.picked
    return models.filter { picks.existingNumber(of: $0) != nil }
  }

  /// The row that serves the cell: its own, else that of `task:*:band`, else none.
  public func row(for cell: Cell) -> Row? { servingNumber(of: cell).map { row(at: $0) } }

  /// What a row says of a model.
  public func entry(_ row: Row, model: String) -> PolicyEntry? {
    modelIndex.existingNumber(of: model).flatMap { row.entries[$0] }
  }

  private func entry(_ number: Int, model: String) -> PolicyEntry? {
    modelIndex.existingNumber(of: model).flatMap { table.entry(number, model: $0) }
  }

  /// What the policy does in a cell, over the arms of today's catalog.
  public func serve(_ cell: Cell, catalog: Catalog, rule: DecisionRule) -> Service {
    let number = servingNumber(of: cell)
    let known = entries(number, catalog)
    let quality = zip(known, catalog.models).map { $0?.quality ?? $1.prior ?? 0 }
    let upperBound = zip(known, catalog.models).map { $0?.upperBound ?? $1.prior ?? 0 }
    let floor = catalog.floor(task: cell.task)
    let decision =
      number.flatMap { kept($0, catalog) }
      ?? rule.decide(catalog, floor: floor, quality: quality, upperBound: upperBound)
    return Service(
      decision: decision, quality: quality,
      probabilities: Policy.probabilities(
        catalog, pick: decision.arm, floor: floor, upperBound: upperBound, exploration: exploration))
  }

  /// What the policy picks in a cell, and on what ground.
  public func decide(_ cell: Cell, catalog: Catalog, rule: DecisionRule) -> Decision {
    servingNumber(of: cell).flatMap { kept($0, catalog) }
      ?? serve(cell, catalog: catalog, rule: rule).decision
  }

  /// The decision of a row; nil where its pick is not enrolled today.
  private func kept(_ number: Int, _ catalog: Catalog) -> Decision? {
    guard let pick = table.pick(number) else {
      return Decision(arm: nil, rule: Decision.Ground(name: table.rule(number)))
    }
    return catalog.models.firstIndex { $0.isEnrolled && Policy.areSame(pick, $0.slug) }.map {
      Decision(arm: $0, rule: Decision.Ground(name: table.rule(number)))
    }
  }

  /// The probability of each arm in a cell if this pick were served there with the exploration of this policy.
  public func probabilities(of cell: Cell, servedBy pick: Int?, catalog: Catalog) -> [Double] {
    Policy.probabilities(
      catalog, pick: pick, floor: catalog.floor(task: cell.task), upperBound: upperBounds(cell, catalog: catalog),
      exploration: exploration)
  }

  /// The upper confidence bound of each arm in a cell; the prior where the policy knows nothing.
  public func upperBounds(_ cell: Cell, catalog: Catalog) -> [Double] {
    zip(entries(servingNumber(of: cell), catalog), catalog.models).map { $0?.upperBound ?? $1.prior ?? 0 }
  }

  /// Whether two slugs are the same bytes. A slug longer than anybody gives one is compared as text, which is much faster
  /// and differs only where two such slugs are normal forms of each other.
  static func areSame(_ first: String, _ second: String) -> Bool {
    guard first.utf8.count == second.utf8.count else { return false }
    return first.utf8.count > 1024 ? first == second : first.utf8.elementsEqual(second.utf8)
  }

  /// What is known of each arm of a catalog, which as a rule has the policy's own models.
  private func entries(_ number: Int?, _ catalog: Catalog) -> [PolicyEntry?] {
    guard let number else { return catalog.models.map { _ in nil } }
    let isOwn =
      models.count == catalog.models.count
      && zip(models, catalog.models).allSatisfy { Policy.areSame($0, $1.slug) }
    return isOwn
      ? models.indices.map { table.entry(number, model: $0) }
      : catalog.models.map { entry(number, model: $0.slug) }
  }

  /// `π(a|cell)`: the pick, and the exploration share over the other enrolled models whose upper bound clears the floor;
  /// all of it on the pick where there are none, and nothing without a pick.
  public static func probabilities(
    _ catalog: Catalog, pick: Int?, floor: Double, upperBound: [Double], exploration: Double
  ) -> [Double] {
    var result = [Double](repeating: 0, count: catalog.models.count)
    guard let pick else { return result }
    let explored = catalog.models.indices.filter {
      $0 != pick && catalog.models[$0].isEnrolled && upperBound[$0] >= floor
    }
    result[pick] = explored.isEmpty ? 1 : 1 - exploration
    for arm in explored { result[arm] = exploration / Double(explored.count) }
    return result
  }
}
