/// One record of a dataset: its fields as bytes, without quotes or escapes.
public struct DatasetRecord: Sendable {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>?] = []
  private var start = 0
  /// The line on which it starts, from 1.
  public internal(set) var line = 1
  /// Why it cannot be read; nil where it can.
  public internal(set) var fault: DatasetError?

  init() {}

  init(fields: [String], line: Int) {
    for field in fields {
      append(field.utf8)
      endField()
    }
    self.line = line
  }

  /// How many fields it has.
  public var count: Int { ranges.count }

  /// A field; nil where the record says nothing of it, as a line of JSON may.
  public subscript(field: Int) -> ArraySlice<UInt8>? { ranges[field].map { bytes[$0] } }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// Makes of the bytes since the last field the next one.
  mutating func endField() {
    ranges.append(start..<bytes.count)
    start = bytes.count
  }

  /// Makes of the bytes since the last field this one.
  mutating func endField(_ field: Int) {
    ranges[field] = start..<bytes.count
    start = bytes.count
  }

  /// Starts anew, with so many fields of which nothing is said, in the same storage.
  mutating func removeAll(fields: Int = 0) {
    bytes.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    for _ in 0..<fields { ranges.append(nil) }
    start = 0
    fault = nil
  }
}
