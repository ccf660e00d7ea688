internal import Crypto
internal import Outcomes

/// Reads a policy from its JSON as the bytes come, with its names by their bytes, for two slugs that differ only in
/// normalisation are two models.
struct PolicyReader {
  /// What is said of a cell.
  struct CellRecord {
    var name = ""
    /// The number of a model, and what is known of it.
    var entries: [(model: Int, entry: PolicyEntry)] = []
    var count = 0
    var pick: String?
    var rule = ""
  }

  private var members: JSONMembers
  private let isTable: Bool
  private var sha = SHA256()
  /// The models, in the order of their first appearance.
  private(set) var models = NameIndex()
  /// The share of exploration, where the text has it.
  private(set) var exploration: Double?
  /// How many cells were read.
  private(set) var count = 0

  /// Reads a table, as `training_runs.per_cell` keeps it, or an artifact, which has it under `cells`.
  init(isTable: Bool) {
    self.isTable = isTable
    members = JSONMembers(splitting: isTable ? nil : "cells")
  }

  /// The first eight hex digits of the SHA-256 of the bytes so far.
  var hash: String { Policy.shortHash(sha.finalize()) }

  /// Takes the next bytes and calls `body` with each cell that ends in them.
  /// - Throws: `PolicyError`, and what `body` throws.
  mutating func append(_ chunk: [UInt8], _ body: (CellRecord, NameIndex) throws -> Void) throws {
    sha.update(data: chunk)
    var members = members
    do {
      try members.append(chunk) { isNested, member in
        if isTable || isNested {
          let record = try cell(member)
          count += 1
          try body(record, models)
        } else {
          try read(member)
        }
      }
    } catch let fault as JSONCursor.Fault {
      throw PolicyError.badJSON(fault.reason)
    }
    self.members = members
  }

  /// Says that no more bytes come.
  /// - Throws: `PolicyError`.
  func finish() throws(PolicyError) {
    do throws(JSONCursor.Fault) {
      try members.finish()
    } catch {
      throw .badJSON(error.reason)
    }
    guard !isTable else { return }
    guard members.hasNested else { throw .badJSON("cells are missing") }
    guard exploration != nil else { throw .badJSON("exploration is missing") }
  }

  private mutating func read(_ member: ArraySlice<UInt8>) throws(JSONCursor.Fault) {
    var cursor = JSONCursor(member)
    try cursor.openObject()
    while try cursor.nextKey() {
      guard text(cursor.key) == "exploration" else {
        try cursor.skip()
        continue
      }
      let share = try cursor.number()
      guard (0...1).contains(share) else { throw JSONCursor.Fault(reason: "exploration is \(share), not in [0,1]") }
      exploration = share
    }
    try cursor.end()
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private mutating func cell(_ member: ArraySlice<UInt8>) throws(JSONCursor.Fault) -> CellRecord {
    var cursor = JSONCursor(member)
    var record = CellRecord()
    try cursor.openObject()
    guard try cursor.nextKey() else { throw JSONCursor.Fault(reason: "a cell is expected") }
    record.name = text(cursor.key)
    var (hasModels, hasCount, hasPick, hasRule) = (false, false, false, false)
    try cursor.openObject()
    while try cursor.nextKey() {
      switch text(cursor.key) {
      case "models":
        try readModels(&cursor, &record)
        hasModels = true
      case "n_cell":
        record.count = try whole(&cursor)
        hasCount = true
      case "pick":
        record.pick = try optionalText(&cursor)
        hasPick = true
      case "rule":
        record.rule = text(try cursor.scalar())
        hasRule = true
      default: try cursor.skip()
      }
    }
    guard hasModels, hasCount, hasPick, hasRule else {
      throw JSONCursor.Fault(reason: "the cell \(record.name) lacks models, n_cell, pick or rule")
    }
    guard try !cursor.nextKey() else { throw JSONCursor.Fault(reason: "} is expected") }
    try cursor.end()
    return record
  }

  private mutating func readModels(_ cursor: inout JSONCursor, _ record: inout CellRecord) throws(JSONCursor.Fault) {
    try cursor.openObject()
    while try cursor.nextKey() {
      let model = models.number(of: cursor.key.span)
      var (count, mean, upperBound, width): (Int?, Double?, Double?, Double?) = (nil, nil, nil, nil)
      try cursor.openObject()
      while try cursor.nextKey() {
        switch text(cursor.key) {
        case "n": count = try whole(&cursor)
        case "mean": mean = try number(&cursor)
        case "ucb": upperBound = try number(&cursor)
        case "width": width = try number(&cursor)
        default: try cursor.skip()
        }
      }
      guard let count, let mean, let upperBound, let width else {
        throw JSONCursor.Fault(reason: "a model of the cell \(record.name) lacks n, mean, ucb or width")
      }
      record.entries.append((model, PolicyEntry(mean: mean, width: width, upperBound: upperBound, count: count)))
    }
  }

  private func whole(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> Int {
    guard let value = Int32(exactly: try cursor.number()), value >= 0 else {
      throw JSONCursor.Fault(reason: "a whole number is expected")
    }
    return Int(value)
  }

  /// A number that can be written with 9 decimals.
  private func number(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> Double {
    let number = try cursor.number()
    guard CanonicalJSON.canWrite(number) else {
      throw JSONCursor.Fault(reason: "\(number) is beyond what a policy can hold")
    }
    return number
  }

  private func optionalText(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> String? {
    guard try cursor.kind() != .null else {
      try cursor.skip()
      return nil
    }
    return text(try cursor.scalar())
  }
}

/// Builds a policy of its JSON as the bytes come.
package struct PolicyLoader {
  private var reader: PolicyReader
  private var table = PolicyTable(models: 0)
  private var cells: [Cell] = []
  private let exploration: Double?

  /// Reads an artifact.
  package init() {
    reader = PolicyReader(isTable: false)
    exploration = nil
  }

  /// Reads a table, as `training_runs.per_cell` keeps it.
  package init(tableWith exploration: Double) {
    reader = PolicyReader(isTable: true)
    self.exploration = exploration
  }

  /// The first eight hex digits of the SHA-256 of the bytes so far.
  package var hash: String { reader.hash }

  /// Takes the next bytes.
  /// - Throws: `PolicyError`.
  package mutating func append(_ chunk: [UInt8]) throws {
    // Taken out of self, so that they are changed in place.
    var (table, cells) = (self.table, self.cells)
    self.table = PolicyTable(models: 0)
    self.cells = []
    try reader.append(chunk) { record, models in
      guard let cell = Cell(record.name) else { throw PolicyError.badCell(record.name) }
      guard (cells.count + 1) * models.count <= PolicyTable.mostPairs else {
        throw PolicyError.badJSON("there are more than \(PolicyTable.mostPairs) pairs of a cell and a model")
      }
      if models.count > table.models { table.widen(models: models.count) }
      table.append(pick: record.pick, rule: record.rule, count: record.count)
      for (model, entry) in record.entries { table.set(model: model, entry) }
      cells.append(cell)
    }
    self.table = table
    self.cells = cells
  }

  /// The policy, when no more bytes come.
  /// - Throws: `PolicyError`.
  package consuming func finish() throws(PolicyError) -> Policy {
    try reader.finish()
    let exploration = exploration ?? reader.exploration ?? .nan
    guard (0...1).contains(exploration) else { throw .badJSON("the exploration is \(exploration)") }
    let models = (0..<reader.models.count).map { reader.models[$0] }
    return Policy(models: models, exploration: exploration, cells: cells, table: table)
  }
}
