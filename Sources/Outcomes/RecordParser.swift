/// Turns the bytes of a file into records, as a stream. The first record is the header, but of formats that have one of
/// their own.
protocol RecordParser {
  /// Reads on, and gives each record that ends within the chunk.
  mutating func parse(_ chunk: [UInt8], _ body: (DatasetRecord) throws -> Void) throws
  /// Gives what is left at the end of the file.
  mutating func finish(_ body: (DatasetRecord) throws -> Void) throws
}
