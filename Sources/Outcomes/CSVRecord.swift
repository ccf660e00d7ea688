/// One record of a CSV file.
public struct CSVRecord: Sendable {
  var bytes: [UInt8] = []
  var ends: [Int] = []
  /// The line on which it starts, from 1.
  public internal(set) var line = 1

  init() {}

  /// How many fields it has.
  public var count: Int { ends.count }

  /// A field, without its quotes.
  public subscript(field: Int) -> ArraySlice<UInt8> {
    bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
  }
}
