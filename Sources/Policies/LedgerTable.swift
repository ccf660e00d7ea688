public import Outcomes

/// A policy's table as `training_runs.per_cell` keeps it: cells and models with the qualities of two policies beside each
/// other.
public struct LedgerTable {
  /// The most cells of which all are kept; of a larger table only changed cells are, and at most so many.
  public static let mostCells = 10_000
  /// The most pairs of a cell and a model of which all are kept.
  public static let mostPairs = 500_000
  /// What the elements of a `jsonb` object may take, in bytes.
  public static let mostBytes = 0x0FFF_FFFF

  private let policy: Policy
  private let incumbent: Policy
  private let catalog: Catalog
  private let rule: DecisionRule
  private let minimumSupport: Double

  /// Prepares a table.
  /// - Parameter minimumSupport: the effective support, in rows, from which a model counts.
  public init(
    _ policy: Policy, beside incumbent: Policy, catalog: Catalog, rule: DecisionRule, minimumSupport: Double
  ) {
    self.policy = policy
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.minimumSupport = minimumSupport
  }

  /// Whether a table of this size is kept whole where the policy is kept beside it.
  public static func isKeptWhole(_ policy: Policy) -> Bool {
    policy.cells.count <= mostCells && policy.cells.count * policy.models.count <= mostPairs
  }

  /// All cells, as JSON.
  public var whole: [UInt8] { json(of: Array(policy.cells.indices)) }

  /// The cells with another pick than the incumbent's, as JSON: of more than `mostCells`, and of cells with more than
  /// `mostPairs` models, those with the most training rows.
  public var changes: [UInt8] { json(of: changedCells) }

  /// What all cells take as `jsonb`, in bytes, or a few in a thousand more.
  public var bytesOfWhole: Int { bytes(of: Array(policy.cells.indices)) }

  /// What the changed cells take.
  public var bytesOfChanges: Int { bytes(of: changedCells) }

  private var changedCells: [Int] {
    let changed = policy.cells.indices.filter { number in
      policy.decide(policy.cells[number], catalog: catalog, rule: rule).arm
        != incumbent.decide(policy.cells[number], catalog: catalog, rule: rule).arm
    }
    let most = min(LedgerTable.mostCells, LedgerTable.mostPairs / max(policy.models.count, 1))
    guard changed.count > most else { return changed }
    let busiest = changed.sorted { (policy.count(at: $1), $0) < (policy.count(at: $0), $1) }.prefix(most)
    return busiest.sorted()
  }

  private func bytes(of numbers: [Int]) -> Int {
    let names = policy.models.map(\.utf8.count)
    return numbers.reduce(0) { sum, number in
      let cell = policy.cells[number]
      // Lengths and offsets take 4 bytes a key and a value, and 4 an object; a number is aligned to 4.
      var bytes = 8 + cell.description.utf8.count + 4 + 8 * 4 + 20 + 3 + 12
      bytes += (policy.pick(at: number)?.utf8.count ?? 0) + policy.table.rule(number).utf8.count + 4
      let beside = qualities(beside: cell)
      for model in policy.models.indices {
        guard let entry = policy.table.entry(number, model: model) else { continue }
        bytes += 8 + names[model] + 4 + 8 * 8 + 47 + 3
        for value in [
          entry.mean, entry.width, entry.upperBound, entry.quality, beside[model], entry.quality - beside[model],
        ] { bytes += LedgerTable.numericBytes(CanonicalJSON.scaled(value)) }
        bytes += LedgerTable.numericBytes(Int64(entry.count) * 1_000_000_000)
      }
      return sum + bytes
    }
  }

  /// The bytes of a `numeric` in units of the ninth decimal: a header of 6, and 2 for each group of four digits from the first
  /// to the last that is not 0, rounded up to 4.
  private static func numericBytes(_ scaled: Int64) -> Int {
    var groups: [UInt64] = []
    var fraction = scaled.magnitude % 1_000_000_000 * 1_000
    for _ in 0..<3 {
      groups.append(fraction % 10_000)
      fraction /= 10_000
    }
    var integer = scaled.magnitude / 1_000_000_000
    while integer > 0 {
      groups.append(integer % 10_000)
      integer /= 10_000
    }
    guard let first = groups.firstIndex(where: { $0 > 0 }), let last = groups.lastIndex(where: { $0 > 0 }) else {
      return 8
    }
    return (6 + 2 * (last - first + 1) + 3) / 4 * 4
  }

  private func json(of numbers: [Int]) -> [UInt8] {
    let names = policy.models.map { CanonicalJSON.text($0) }
    var json = CanonicalJSON()
    json.append(raw: "{")
    for (place, number) in numbers.enumerated() {
      if place > 0 { json.append(raw: ",") }
      let beside = qualities(beside: policy.cells[number])
      policy.writeCell(number, names: names, to: &json) { model, entry, json in
        write(entry, beside: beside[model], to: &json)
      }
    }
    json.append(raw: "}")
    return json.bytes
  }

  /// What the incumbent holds of each model of the policy in a cell.
  private func qualities(beside cell: Cell) -> [Double] {
    let row = incumbent.row(for: cell)
    return policy.models.map { model in
      row.flatMap { incumbent.entry($0, model: model)?.quality }
        ?? catalog.models.first { Policy.areSame($0.slug, model) }?.prior ?? 0
    }
  }

  private func write(_ entry: PolicyEntry, beside quality: Double, to json: inout CanonicalJSON) {
    json.append(raw: "\"counted\":")
    if entry.support >= minimumSupport { json.append(raw: "true") } else { json.append(raw: "false") }
    json.append(raw: ",\"delta\":")
    json.append(entry.quality - quality)
    json.append(raw: ",\"q_candidate\":")
    json.append(entry.quality)
    json.append(raw: ",\"q_incumbent\":")
    json.append(quality)
    json.append(raw: ",")
  }
}
