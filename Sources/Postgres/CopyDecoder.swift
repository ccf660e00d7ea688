/// Reads the chunks of a binary COPY: a header before the first row, a row a chunk, a trailer.
public struct CopyDecoder {
  private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xff] + Array("\r\n".utf8) + [0]

  private let columns: Int
  private var hasHeader = false
  /// Whether the trailer has been read.
  public private(set) var isComplete = false
  /// Rows read.
  public private(set) var rows = 0

  /// Makes a decoder of rows of this many columns.
  public init(columns: Int) { self.columns = columns }

  /// Reads one chunk and calls `body` if it holds a row, all of whose fields `body` must read.
  /// - Throws: `PostgresError` with column and offset; what `body` throws.
  public mutating func read(
    _ chunk: [UInt8], _ body: (inout BinaryRow) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    let result: Result<CopyDecoder, PostgresError> = chunk.withUnsafeBytes { bytes in
      var decoder = self
      do throws(PostgresError) {
        try decoder.read(bytes, body)
        return .success(decoder)
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  @inline(__always)
  mutating func read(
    _ chunk: UnsafeRawBufferPointer, _ body: (inout BinaryRow) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    var offset = 0
    if !hasHeader {
      offset = try readHeader(chunk)
      hasHeader = true
      if offset == chunk.count { return }
    }
    guard !isComplete else { throw malformed("a row after the trailer", at: offset) }
    guard chunk.count - offset >= 2 else { throw malformed("no field count", at: offset) }
    let count: Int16 = BinaryRow.load(chunk, offset)
    if count == -1 {
      guard chunk.count - offset == 2 else { throw malformed("bytes after the trailer", at: offset) }
      isComplete = true
      return
    }
    guard Int(count) == columns else { throw malformed("\(count) columns where \(columns) are expected", at: offset) }
    var row = BinaryRow(chunk, offset: offset + 2)
    try body(&row)
    guard row.isAtEnd else { throw row.malformed("bytes after the last field") }
    rows += 1
  }

  private func readHeader(_ chunk: UnsafeRawBufferPointer) throws(PostgresError) -> Int {
    guard chunk.count >= 19, chunk.prefix(11).elementsEqual(CopyDecoder.signature) else {
      throw malformed("no COPY header", at: 0)
    }
    let flags: UInt32 = BinaryRow.load(chunk, 11)
    let extra: Int32 = BinaryRow.load(chunk, 15)
    guard flags & 0xffff_0000 == 0 else { throw malformed("unknown critical flags", at: 11) }
    guard extra >= 0, Int(extra) <= chunk.count - 19 else { throw malformed("a header of \(extra) bytes", at: 15) }
    return 19 + Int(extra)
  }

  private func malformed(_ what: String, at offset: Int) -> PostgresError {
    PostgresError(.malformedRow, message: "malformed COPY stream: \(what) at offset \(offset) after row \(rows)")
  }
}
