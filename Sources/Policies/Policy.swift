public import Outcomes

/// A policy as the gateway looks it up: for each cell a pick, and for each model what is known of it.
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
  /// The rows of the cells.
  public let rows: [Row]
  private let index: [Cell: Int]
  private let modelIndex: NameIndex

  /// The policy before any was promoted: it knows only the priors.
  public static func untrained(exploration: Double) -> Policy {
    Policy(models: [], exploration: exploration, table: [])
  }

  init(models: [String], exploration: Double, table: [(cell: Cell, row: Row)]) {
    self.models = models
    self.exploration = exploration
    let keyed = table.map { (key: Array($0.cell.description.utf8), entry: $0) }
    let sorted = keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.entry)
    cells = sorted.map(\.cell)
    rows = sorted.map(\.row)
    index = Dictionary(zip(cells, cells.indices), uniquingKeysWith: { first, _ in first })
    modelIndex = NameIndex(models)
  }

  /// The models that serve a cell, in the order of their bytes.
  public var picks: [String] {
    let picks = NameIndex(rows.compactMap(\.pick))
    return models.filter { picks.existingNumber(of: $0) != nil }
  }

  /// The row that serves the cell: its own, else that of `task:*:band`, else none.
  public func row(for cell: Cell) -> Row? {
    (index[cell] ?? index[cell.fallback]).map { rows[$0] }
  }

  /// What is known of a model in a row of this policy.
  public func entry(_ row: Row, model: String) -> PolicyEntry? {
    modelIndex.existingNumber(of: model).flatMap { row.entries[$0] }
  }

  /// What the policy does in a cell, over the arms of today's catalog.
  public func serve(_ cell: Cell, catalog: Catalog, rule: DecisionRule) -> Service {
    let row = row(for: cell)
    let known = entries(row, catalog)
    let quality = zip(known, catalog.models).map { $0?.quality ?? $1.prior ?? 0 }
    let upperBound = zip(known, catalog.models).map { $0?.upperBound ?? $1.prior ?? 0 }
    let floor = catalog.floor(task: cell.task)
    var decision = rule.decide(catalog, floor: floor, quality: quality, upperBound: upperBound)
    if let row {
      let kept = catalog.models.firstIndex { model in
        row.pick.map { Policy.areSame($0, model.slug) } == true && model.isEnrolled
      }
      if kept != nil || row.pick == nil { decision = Decision(arm: kept, rule: row.rule) }
    }
    return Service(
      decision: decision, quality: quality,
      probabilities: Policy.probabilities(
        catalog, pick: decision.arm, floor: floor, upperBound: upperBound, exploration: exploration))
  }

  /// The probability of each arm in a cell if this pick were served there with the exploration of this policy.
  public func probabilities(of cell: Cell, servedBy pick: Int?, catalog: Catalog) -> [Double] {
    Policy.probabilities(
      catalog, pick: pick, floor: catalog.floor(task: cell.task), upperBound: upperBounds(cell, catalog: catalog),
      exploration: exploration)
  }

  /// The upper confidence bound of each arm in a cell; the prior where the policy knows nothing.
  public func upperBounds(_ cell: Cell, catalog: Catalog) -> [Double] {
    zip(entries(row(for: cell), catalog), catalog.models).map { $0?.upperBound ?? $1.prior ?? 0 }
  }

  /// Whether two slugs are the same bytes. A slug longer than anybody gives one is compared as text, which is much faster
  /// and differs only where two such slugs are normal forms of each other.
  private static func areSame(_ first: String, _ second: String) -> Bool {
    guard first.utf8.count == second.utf8.count else { return false }
    return first.utf8.count > 1024 ? first == second : first.utf8.elementsEqual(second.utf8)
  }

  /// What is known of each arm of a catalog, which as a rule has the policy's own models.
  private func entries(_ row: Row?, _ catalog: Catalog) -> [PolicyEntry?] {
    guard let row else { return catalog.models.map { _ in nil } }
    let isOwn =
      models.count == catalog.models.count
      && zip(models, catalog.models).allSatisfy { Policy.areSame($0, $1.slug) }
    return isOwn ? row.entries : catalog.models.map { entry(row, model: $0.slug) }
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
