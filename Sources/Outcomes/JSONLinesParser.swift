/// Reads JSON lines: an object a line, with the column names of `routing_outcomes` as keys. Other keys are passed over; a
/// key that a line lacks counts as a column that the dataset lacks, and null as an empty one.
struct JSONLinesParser: RecordParser {
  private static let columns = NameIndex(DatasetColumn.allCases.map(\.name))

  private var lines = LineSplitter()
  private var record = DatasetRecord()

  mutating func parse(_ chunk: [UInt8], _ body: (DatasetRecord) throws -> Void) throws {
    var (lines, record) = (lines, record)
    try lines.split(chunk) { try JSONLinesParser.give($0, $1, &record, body) }
    (self.lines, self.record) = (lines, record)
  }

  mutating func finish(_ body: (DatasetRecord) throws -> Void) throws {
    try lines.finish { try JSONLinesParser.give($0, $1, &record, body) }
  }

  private static func give(
    _ text: ArraySlice<UInt8>, _ line: Int, _ record: inout DatasetRecord, _ body: (DatasetRecord) throws -> Void
  ) throws {
    guard !LineSplitter.isBlank(text) else { return }
    record.removeAll(fields: DatasetColumn.allCases.count)
    record.line = line
    do throws(JSONCursor.Fault) {
      try read(text, &record)
    } catch {
      record.fault = DatasetError(line: line, column: nil, reason: "no JSON object: \(error.reason)")
    }
    try body(record)
  }

  private static func read(_ text: ArraySlice<UInt8>, _ record: inout DatasetRecord) throws(JSONCursor.Fault) {
    var cursor = JSONCursor(text)
    try cursor.openObject()
    while try cursor.nextKey() {
      let key = cursor.key
      guard let column = columns.existingNumber(of: key.span) else {
        try cursor.skip()
        continue
      }
      switch try cursor.kind() {
      case .scalar: record.append(try cursor.scalar())
      case .null: try cursor.skip()
      case .object, .array:
        throw JSONCursor.Fault(reason: "\(String(decoding: key, as: UTF8.self)) holds more than one value")
      }
      record.endField(column)
    }
    try cursor.end()
  }
}
