/// Reads `dsjson`, the lines that the Decision Service, Azure Personalizer and Vowpal Wabbit write: `_label_cost`,
/// `_label_probability` and `_labelIndex` (or `_label_Action`, counted from 1), `Timestamp`, and the context `c` with its
/// actions in `_multi`. Text and true become features; as in Vowpal Wabbit, other keys with an underscore are passed over.
struct DecisionServiceJSONParser: RecordParser {
  private let costs: ClosedRange<Double>
  private var lines = LineSplitter()
  private var record = DatasetRecord()
  private var number = 0

  init(costs: ClosedRange<Double>) { self.costs = costs }

  mutating func parse(_ chunk: [UInt8], _ body: (DatasetRecord) throws -> Void) throws {
    var lines = lines
    try lines.split(chunk) { try give($0, $1, body) }
    self.lines = lines
  }

  mutating func finish(_ body: (DatasetRecord) throws -> Void) throws {
    var lines = lines
    try lines.finish { try give($0, $1, body) }
    self.lines = lines
  }

  private mutating func give(
    _ text: ArraySlice<UInt8>, _ line: Int, _ body: (DatasetRecord) throws -> Void
  ) throws {
    guard !LineSplitter.isBlank(text) else { return }
    do throws(JSONCursor.Fault) {
      let decision = try DecisionServiceJSONParser.decision(text)
      do throws(DatasetError) {
        try decision.write(to: &record, number: number, line: line, costs: costs)
      } catch {
        record.fault = error
      }
    } catch {
      record.removeAll(fields: DatasetColumn.allCases.count)
      record.line = line
      record.fault = DatasetError(line: line, column: nil, reason: "no decision: \(error.reason)")
    }
    number += 1
    try body(record)
  }

  private static func decision(_ text: ArraySlice<UInt8>) throws(JSONCursor.Fault) -> LoggedDecision {
    var cursor = JSONCursor(text)
    var decision = LoggedDecision()
    var hasCost = false
    try cursor.openObject()
    while try cursor.nextKey() {
      switch String(decoding: cursor.key, as: UTF8.self) {
      case "_label_cost":
        decision.cost = try cursor.number()
        hasCost = true
      case "_label_probability": decision.probability = try cursor.number()
      case "_labelIndex": decision.chosen = Int(exactly: try cursor.number())
      case "_label_Action", "_label_action":
        let action = try cursor.number()
        decision.chosen = decision.chosen ?? Int(exactly: action).map { $0 - 1 }
      case "Timestamp": decision.instant = try self.text(&cursor)
      case "_skipLearn": decision.isExcluded = try self.text(&cursor) == "true"
      case "c": try readContext(&cursor, &decision)
      default: try cursor.skip()
      }
    }
    try cursor.end()
    if !hasCost { decision.chosen = nil }
    return decision
  }

  private static func readContext(
    _ cursor: inout JSONCursor, _ decision: inout LoggedDecision
  ) throws(JSONCursor.Fault) {
    try cursor.openObject()
    while try cursor.nextKey() {
      let key = String(decoding: cursor.key, as: UTF8.self)
      if key == "_multi" {
        try cursor.openArray()
        while try cursor.nextElement() {
          var names = Names()
          try readFeatures(&cursor, key: "", depth: 0, &names)
          decision.actions.append(names.tag.map { [$0] } ?? names.features)
        }
      } else {
        var names = Names()
        try readFeature(&cursor, key: key, depth: 0, &names)
        decision.context += names.features
      }
    }
  }

  /// What a part of the context is called; an action that has a tag is called by it alone.
  private struct Names {
    var features: [String] = []
    var tag: String?
  }

  private static func readFeature(
    _ cursor: inout JSONCursor, key: String, depth: Int, _ names: inout Names
  ) throws(JSONCursor.Fault) {
    if key == "_tag" {
      names.tag = try text(&cursor)
    } else if key.hasPrefix("_") {
      try cursor.skip()
    } else {
      try readFeatures(&cursor, key: key, depth: depth + 1, &names)
    }
  }

  private static func readFeatures(
    _ cursor: inout JSONCursor, key: String, depth: Int, _ names: inout Names
  ) throws(JSONCursor.Fault) {
    guard depth < 16 else { throw JSONCursor.Fault(reason: "features are nested too deep") }
    switch try cursor.kind() {
    case .null: try cursor.skip()
    case .scalar:
      let value = try text(&cursor)
      // A number is no name, and false is the absence of a feature.
      if NumberText.value(value) == nil, value != "false" {
        names.features.append(key.isEmpty ? value : "\(key)=\(value)")
      }
    case .array:
      try cursor.openArray()
      while try cursor.nextElement() { try readFeatures(&cursor, key: key, depth: depth + 1, &names) }
    case .object:
      try cursor.openObject()
      while try cursor.nextKey() {
        try readFeature(&cursor, key: String(decoding: cursor.key, as: UTF8.self), depth: depth, &names)
      }
    }
  }

  private static func text(_ cursor: inout JSONCursor) throws(JSONCursor.Fault) -> String {
    String(decoding: try cursor.scalar(), as: UTF8.self)
  }
}
