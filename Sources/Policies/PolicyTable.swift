internal import Outcomes

/// The rows of a policy, column by column: some 30 bytes for each cell and model, and no allocation for a cell.
struct PolicyTable: Sendable {
  /// How many pairs of cell and model a table may have: beyond, a text is no policy that anybody made.
  static let mostPairs = 1 << 27

  /// The number of models.
  private(set) var models: Int
  /// The training rows of each cell.
  private(set) var counts: [Int] = []
  /// The number of each cell's pick in `pickNames`; -1 where nothing is served.
  private var picks: [Int32] = []
  private var pickNames = NameIndex()
  /// The number of each cell's ground in `ruleNames`.
  private var rules: [Int32] = []
  private var ruleNames = NameIndex()
  /// What is known of each cell and model, `cells × models`.
  private var means: [Double] = []
  private var widths: [Double] = []
  private var upperBounds: [Double] = []
  /// The training rows of each cell and model; -1 where nothing is known.
  private var rows: [Int32] = []

  init(models: Int) { self.models = models }

  mutating func reserve(cells: Int) {
    counts.reserveCapacity(cells)
    picks.reserveCapacity(cells)
    rules.reserveCapacity(cells)
    means.reserveCapacity(cells * models)
    widths.reserveCapacity(cells * models)
    upperBounds.reserveCapacity(cells * models)
    rows.reserveCapacity(cells * models)
  }

  /// Adds a cell, of which no model is known.
  mutating func append(pick: String?, rule: String, count: Int) {
    counts.append(count)
    picks.append(pick.map { Int32(pickNames.number(of: Array($0.utf8).span)) } ?? -1)
    rules.append(Int32(ruleNames.number(of: Array(rule.utf8).span)))
    means.append(contentsOf: repeatElement(0, count: models))
    widths.append(contentsOf: repeatElement(0, count: models))
    upperBounds.append(contentsOf: repeatElement(0, count: models))
    rows.append(contentsOf: repeatElement(-1, count: models))
  }

  /// Sets what is known of a model in the cell that was added last.
  mutating func set(model: Int, _ entry: PolicyEntry) {
    let pair = means.count - models + model
    means[pair] = entry.mean
    widths[pair] = entry.width
    upperBounds[pair] = entry.upperBound
    rows[pair] = Int32(entry.count)
  }

  /// Makes room for more models, of which nothing is known.
  mutating func widen(models wider: Int) {
    let (narrow, cells) = (models, counts.count)
    func widened<Number>(_ column: [Number], _ empty: Number) -> [Number] {
      (0..<cells).flatMap { cell in
        column[cell * narrow..<(cell + 1) * narrow] + repeatElement(empty, count: wider - narrow)
      }
    }
    means = widened(means, 0)
    widths = widened(widths, 0)
    upperBounds = widened(upperBounds, 0)
    rows = widened(rows, -1)
    models = wider
  }

  /// The same rows with cells and models in another order.
  func ordered(cells: [Int], models order: [Int]) -> PolicyTable {
    var result = PolicyTable(models: models)
    result.pickNames = pickNames
    result.ruleNames = ruleNames
    result.counts = cells.map { counts[$0] }
    result.picks = cells.map { picks[$0] }
    result.rules = cells.map { rules[$0] }
    func ordered<Number>(_ column: [Number]) -> [Number] {
      var result: [Number] = []
      result.reserveCapacity(column.count)
      for cell in cells { for model in order { result.append(column[cell * models + model]) } }
      return result
    }
    result.means = ordered(means)
    result.widths = ordered(widths)
    result.upperBounds = ordered(upperBounds)
    result.rows = ordered(rows)
    return result
  }

  /// The slugs of all picks.
  var picked: NameIndex { pickNames }

  func pick(_ cell: Int) -> String? { picks[cell] < 0 ? nil : pickNames[Int(picks[cell])] }

  func rule(_ cell: Int) -> String { ruleNames[Int(rules[cell])] }

  @inline(__always)
  func entry(_ cell: Int, model: Int) -> PolicyEntry? {
    let pair = cell * models + model
    guard rows[pair] >= 0 else { return nil }
    return PolicyEntry(
      mean: means[pair], width: widths[pair], upperBound: upperBounds[pair], count: Int(rows[pair]))
  }

  /// Whether two cells have the same row, of tables with the same models.
  func hasSameRow(_ cell: Int, as other: PolicyTable, _ number: Int) -> Bool {
    let (here, there) = (cell * models..<(cell + 1) * models, number * models..<(number + 1) * models)
    return counts[cell] == other.counts[number]
      && pick(cell).map { Array($0.utf8) } == other.pick(number).map { Array($0.utf8) }
      && rule(cell).utf8.elementsEqual(other.rule(number).utf8) && rows[here] == other.rows[there]
      && means[here] == other.means[there] && widths[here] == other.widths[there]
      && upperBounds[here] == other.upperBounds[there]
  }
}

/// The place of each cell in a list, by the bytes of its parts.
struct CellIndex: Sendable {
  private var slots: [Int32]

  init(_ cells: [Cell]) {
    var size = 16
    while size < cells.count * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    for (number, cell) in cells.enumerated() {
      var slot = Int(truncatingIfNeeded: CellIndex.hash(cell)) & (size - 1)
      while slots[slot] >= 0, !CellIndex.areSame(cells[Int(slots[slot])], cell) { slot = (slot + 1) & (size - 1) }
      if slots[slot] < 0 { slots[slot] = Int32(number) }
    }
  }

  /// The place of a cell in the list that the index was made of.
  func number(of cell: Cell, in cells: [Cell]) -> Int? {
    var slot = Int(truncatingIfNeeded: CellIndex.hash(cell)) & (slots.count - 1)
    while slots[slot] >= 0 {
      if CellIndex.areSame(cells[Int(slots[slot])], cell) { return Int(slots[slot]) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private static func areSame(_ first: Cell, _ second: Cell) -> Bool {
    first.tenant.utf8.elementsEqual(second.tenant.utf8) && first.task.utf8.elementsEqual(second.task.utf8)
      && first.band.utf8.elementsEqual(second.band.utf8)
  }

  /// FNV-1a over the parts, finished as `Hash` does.
  private static func hash(_ cell: Cell) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in [cell.task, cell.tenant, cell.band] {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 0x3a) &* 0x100_0000_01b3
    }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    return hash ^ (hash >> 31)
  }
}
