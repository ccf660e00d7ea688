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

  func makeParser() -> any RecordParser {
    switch self {
    case .csv: CSVParser()
    case .jsonLines: JSONLinesParser()
    case .vowpalWabbitText(let costs): VowpalWabbitTextParser(costs: costs)
    case .decisionServiceJSON(let costs): DecisionServiceJSONParser(costs: costs)
    }
  }
}
