/// How outcomes stand in a file.
public enum DatasetFormat: Sendable, Equatable {
  /// CSV (RFC 4180) with a header, by the column names of `routing_outcomes`.
  case csv
  /// An object a line, with the same names as keys.
  case jsonLines
  /// Vowpal Wabbit's text of contextual bandits with action-dependent features; costs lie in this range, the lowest is best.
  case vowpalWabbitText(costs: ClosedRange<Double>)
  /// Vowpal Wabbit's and the Decision Service's JSON lines; costs as above.
  case decisionServiceJSON(costs: ClosedRange<Double>)

  /// Whether the file names its actions itself, so that a catalog can be made of it.
  public var hasItsOwnActions: Bool {
    switch self {
    case .csv, .jsonLines: false
    case .vowpalWabbitText, .decisionServiceJSON: true
    }
  }

  /// The header that its records have, where the file itself has none.
  private var ownHeader: DatasetRecord? { self == .csv ? nil : DatasetColumn.header }

  /// Gives the header, and then each record; nothing of an empty file.
  func forEachRecord(_ open: () throws -> DatasetSource.Chunks, _ body: (DatasetRecord) throws -> Void) throws {
    var parser = makeParser()
    var header = ownHeader
    let next = ByteOrderMark.skipped(try open())
    while let chunk = try next() {
      if let header = header.take() { try body(header) }
      try parser.parse(chunk, body)
    }
    try parser.finish(body)
  }

  private func makeParser() -> any RecordParser {
    switch self {
    case .csv: CSVParser()
    case .jsonLines: JSONLinesParser()
    case .vowpalWabbitText(let costs): VowpalWabbitTextParser(costs: costs)
    case .decisionServiceJSON(let costs): DecisionServiceJSONParser(costs: costs)
    }
  }
}
