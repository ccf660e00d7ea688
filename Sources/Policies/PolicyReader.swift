internal import Outcomes

/// Reads a policy's JSON with its names by their bytes, for two slugs that differ only in normalisation are two models.
struct PolicyReader {
  /// What is said of a cell.
  struct CellRecord {
    var name: String
    /// The number of a model, and what is known of it.
    var entries: [(model: Int, entry: PolicyEntry)] = []
    var count = 0
    var pick: String?
    var rule: String?
  }

  /// The models, in the order of their first appearance.
  private(set) var models = NameIndex()
  /// The cells, in the order of the text.
  private(set) var cells: [CellRecord] = []
  /// The share of exploration, where the text has it.
  private(set) var exploration: Double?

  /// Reads a whole text.
  static func read(_ body: (inout PolicyReader) throws(JSONCursor.Fault) -> Void) throws(PolicyError) -> PolicyReader {
    var reader = PolicyReader()
    do throws(JSONCursor.Fault) {
      try body(&reader)
    } catch {
      throw .badJSON(error.reason)
    }
    return reader
  }

  /// Reads an artifact.
  mutating func readDocument(_ bytes: ArraySlice<UInt8>) throws(JSONCursor.Fault) {
    var cursor = JSONCursor(bytes)
    var hasCells = false
    try cursor.openObject()
    while try cursor.nextKey() {
      switch text(cursor.key) {
      case "cells":
        try readCells(&cursor)
        hasCells = true
      case "exploration":
        let share = try cursor.number()
        guard (0...1).contains(share) else { throw JSONCursor.Fault(reason: "exploration is \(share), not in [0,1]") }
        exploration = share
      default: try cursor.skip()
      }
    }
    try cursor.end()
    guard hasCells else { throw JSONCursor.Fault(reason: "cells are missing") }
  }

  /// Reads the table alone.
  mutating func readTable(_ bytes: ArraySlice<UInt8>) throws(JSONCursor.Fault) {
    var cursor = JSONCursor(bytes)
    try readCells(&cursor)
    try cursor.end()
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private mutating func readCells(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) {
    try cursor.openObject()
    while try cursor.nextKey() {
      var record = CellRecord(name: text(cursor.key))
      var (hasModels, hasCount) = (false, false)
      try cursor.openObject()
      while try cursor.nextKey() {
        switch text(cursor.key) {
        case "models":
          try readModels(&cursor, &record)
          hasModels = true
        case "n_cell":
          record.count = try whole(&cursor)
          hasCount = true
        case "pick": record.pick = try optionalText(&cursor)
        case "rule": record.rule = try optionalText(&cursor)
        default: try cursor.skip()
        }
      }
      guard hasModels, hasCount else {
        throw JSONCursor.Fault(reason: "the cell \(record.name) lacks models or n_cell")
      }
      cells.append(record)
    }
  }

  private mutating func readModels(_ cursor: inout JSONCursor, _ record: inout CellRecord) throws(JSONCursor.Fault) {
    try cursor.openObject()
    while try cursor.nextKey() {
      let name = cursor.key
      let model = models.number(of: name.span)
      var (count, mean, candidate, upperBound, width): (Int?, Double?, Double?, Double?, Double?) = (
        nil, nil, nil, nil, nil
      )
      try cursor.openObject()
      while try cursor.nextKey() {
        switch text(cursor.key) {
        case "n": count = try whole(&cursor)
        case "mean": mean = try optionalNumber(&cursor)
        case "q_candidate": candidate = try optionalNumber(&cursor)
        case "ucb": upperBound = try optionalNumber(&cursor)
        case "width": width = try optionalNumber(&cursor)
        default: try cursor.skip()
        }
      }
      guard let count else { throw JSONCursor.Fault(reason: "a model of the cell \(record.name) lacks n") }
      let known = mean ?? candidate ?? 0
      record.entries.append(
        (model, PolicyEntry(mean: known, width: width ?? 0, upperBound: upperBound ?? known, count: count)))
    }
  }

  private func whole(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> Int {
    guard let value = Int(exactly: try cursor.number()) else {
      throw JSONCursor.Fault(reason: "a whole number is expected")
    }
    return value
  }

  private func optionalNumber(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> Double? {
    guard try cursor.kind() != .null else {
      try cursor.skip()
      return nil
    }
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
