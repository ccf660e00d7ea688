internal import Crypto
internal import FoundationEssentials
public import Outcomes

extension Policy {
  /// The policy's canonical JSON, which is its artifact and what its hash is of.
  public var canonicalJSON: [UInt8] {
    var json = CanonicalJSON()
    json.append(raw: "{\"cells\":")
    writeCells(to: &json, beside: nil)
    json.append(raw: ",\"exploration\":")
    json.append(exploration)
    json.append(raw: "}")
    return json.bytes
  }

  /// The first eight hex digits of the SHA-256 of the canonical JSON.
  public var hash: String { Policy.shortHash(canonicalJSON) }

  /// The first eight hex digits of the SHA-256 of these bytes.
  public static func shortHash(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    let digest = SHA256.hash(data: bytes).prefix(4)
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The table as `training_runs.per_cell` keeps it: each cell and model of the policy, with the qualities of both
  /// policies beside each other.
  public func perCell(beside incumbent: Policy, catalog: Catalog, minimumSupport: Double) -> [UInt8] {
    var json = CanonicalJSON()
    writeCells(to: &json, beside: Comparison(incumbent: incumbent, catalog: catalog, minimumSupport: minimumSupport))
    return json.bytes
  }

  private struct Comparison {
    let incumbent: Policy
    let priors: [String: Double]
    let minimumSupport: Double

    init(incumbent: Policy, catalog: Catalog, minimumSupport: Double) {
      self.incumbent = incumbent
      self.minimumSupport = minimumSupport
      priors = Dictionary(
        catalog.models.map { ($0.slug, $0.prior ?? 0) }, uniquingKeysWith: { first, _ in first })
    }

    func quality(_ cell: Cell, _ model: String) -> Double {
      let row = incumbent.row(for: cell)
      return row.flatMap { incumbent.entry($0, model: model)?.quality } ?? priors[model] ?? 0
    }
  }

  private func writeCells(to json: inout CanonicalJSON, beside comparison: Comparison?) {
    json.append(raw: "{")
    for (number, cell) in cells.enumerated() {
      let row = rows[number]
      if number > 0 { json.append(raw: ",") }
      json.append(cell.description)
      json.append(raw: ":{\"models\":{")
      var isFirst = true
      for (model, entry) in zip(models, row.entries) {
        guard let entry else { continue }
        if !isFirst { json.append(raw: ",") }
        isFirst = false
        json.append(model)
        json.append(raw: ":{")
        if let comparison {
          write(entry, quality: comparison.quality(cell, model), comparison.minimumSupport, to: &json)
        }
        json.append(raw: "\"mean\":")
        json.append(entry.mean)
        json.append(raw: ",\"n\":")
        json.append(entry.count)
        json.append(raw: ",\"ucb\":")
        json.append(entry.upperBound)
        json.append(raw: ",\"width\":")
        json.append(entry.width)
        json.append(raw: "}")
      }
      json.append(raw: "},\"n_cell\":")
      json.append(row.count)
      json.append(raw: ",\"pick\":")
      if let pick = row.pick { json.append(pick) } else { json.append(raw: "null") }
      json.append(raw: ",\"rule\":")
      json.append(row.rule.name)
      json.append(raw: "}")
    }
    json.append(raw: "}")
  }

  private func write(
    _ entry: PolicyEntry, quality: Double, _ minimumSupport: Double, to json: inout CanonicalJSON
  ) {
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

  /// Reads an artifact.
  /// - Throws: `PolicyError`.
  public init(canonicalJSON: [UInt8]) throws(PolicyError) {
    let read = try PolicyReader.read { reader throws(JSONCursor.Fault) in
      try reader.readDocument(canonicalJSON[...])
    }
    guard let exploration = read.exploration else { throw .badJSON("exploration is missing") }
    try self.init(read, exploration: exploration, deciding: nil)
  }

  /// Reads the table that `training_runs.per_cell` keeps. A row of another writer, which has qualities but neither
  /// widths nor a pick, is decided by the rule.
  /// - Throws: `PolicyError`.
  public init(perCell: [UInt8], exploration: Double, catalog: Catalog, rule: DecisionRule) throws(PolicyError) {
    let read = try PolicyReader.read { reader throws(JSONCursor.Fault) in
      try reader.readTable(perCell[...])
    }
    try self.init(read, exploration: exploration, deciding: (catalog, rule))
  }

  private init(
    _ reader: PolicyReader, exploration: Double, deciding: (catalog: Catalog, rule: DecisionRule)?
  ) throws(PolicyError) {
    let order = (0..<reader.models.count).map { ($0, Array(reader.models[$0].utf8)) }
      .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    let models = order.map { reader.models[$0] }
    var table: [(cell: Cell, row: Row)] = []
    table.reserveCapacity(reader.cells.count)
    for record in reader.cells {
      guard let cell = Cell(record.name) else { throw PolicyError.badCell(record.name) }
      var known = [PolicyEntry?](repeating: nil, count: models.count)
      for (model, entry) in record.entries { known[model] = entry }
      let entries = order.map { known[$0] }
      var pick = record.pick
      var ground = record.rule.map { Decision.Ground(name: $0) } ?? .noCandidateClearsFloor
      if record.rule == nil, let deciding {
        let catalog = deciding.catalog
        let quality = catalog.models.map { model in
          reader.models.existingNumber(of: model.slug).flatMap { known[$0]?.quality } ?? model.prior ?? 0
        }
        let decision = deciding.rule.decide(
          catalog, floor: catalog.floor(task: cell.task), quality: quality, upperBound: quality)
        pick = decision.arm.map { catalog.models[$0].slug }
        ground = decision.rule
      }
      table.append((cell, Row(pick: pick, rule: ground, count: record.count, entries: entries)))
    }
    self.init(models: models, exploration: exploration, table: table)
  }
}
