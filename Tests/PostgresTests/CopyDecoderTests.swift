import Postgres
import Testing

@Suite struct CopyDecoderTests {
  static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 13, 10, 0] + [UInt8](repeating: 0, count: 8)
  /// A row of float8 1.5, a NULL and the text "ab".
  static let row: [UInt8] =
    [0, 3, 0, 0, 0, 8, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2] + Array("ab".utf8)

  static func decode(_ chunks: [[UInt8]]) throws(PostgresError) -> [String] {
    var decoder = CopyDecoder(columns: 3)
    var rows: [String] = []
    for chunk in chunks {
      try decoder.read(chunk) { row throws(PostgresError) in
        let number = try row.double()
        let missing = try row.boolean()
        let text = try row.bytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
        rows.append("\(number ?? 0) \(missing.map { "\($0)" } ?? "null") \(text ?? "null")")
      }
    }
    return decoder.isComplete ? rows : rows + ["incomplete"]
  }

  @Test("a header with the first row, a row a chunk and a trailer are read")
  func reads() throws {
    let rows = try CopyDecoderTests.decode([
      CopyDecoderTests.header + CopyDecoderTests.row, CopyDecoderTests.row, [0xff, 0xff],
    ])
    #expect(rows == ["1.5 null ab", "1.5 null ab"])
  }

  @Test("a row cut off anywhere is an error, never a crash", arguments: 1..<24)
  func cutOff(length: Int) {
    #expect(throws: PostgresError.self) {
      try CopyDecoderTests.decode([CopyDecoderTests.header + Array(CopyDecoderTests.row.prefix(length))])
    }
  }

  @Test(
    "a length that lies is an error with column and offset",
    arguments: [[0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xfe], [0, 0, 0, 7], [0, 0, 0, 9]] as [[UInt8]])
  func lyingLength(length: [UInt8]) {
    var row = CopyDecoderTests.row
    row.replaceSubrange(2..<6, with: length)
    let error = #expect(throws: PostgresError.self) { try CopyDecoderTests.decode([CopyDecoderTests.header + row]) }
    #expect(error?.kind == .malformedRow)
    #expect(error?.message.contains("in column 1 at offset") == true)
  }

  @Test("a wrong header, a wrong column count, bytes after a row or after the trailer are errors")
  func malformed() {
    let (header, row) = (CopyDecoderTests.header, CopyDecoderTests.row)
    let streams: [[[UInt8]]] = [
      [row], [[1] + header.dropFirst() + row], [header + [0, 2] + row.dropFirst(2)], [header + row + [0]],
      [header + row, [0xff, 0xff, 0]], [header + row, [0xff, 0xff], row],
    ]
    for stream in streams {
      #expect(throws: PostgresError.self) { try CopyDecoderTests.decode(stream) }
    }
  }
}
