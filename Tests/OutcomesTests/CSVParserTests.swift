import Outcomes
import Testing

@Suite struct CSVParserTests {
  static func records(_ text: String, chunk: Int = 1 << 16) throws -> [[String]] {
    var parser = CSVParser()
    var records: [[String]] = []
    let take: (DatasetRecord) throws -> Void = { record in
      if let fault = record.fault { throw fault }
      records.append((0..<record.count).map { String(decoding: record[$0] ?? [], as: UTF8.self) })
    }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      try parser.parse(Array(bytes[start..<min(start + chunk, bytes.count)]), take)
    }
    try parser.finish(take)
    return records
  }

  @Test(
    "fields are what RFC 4180 says, wherever the chunks are cut",
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
      ("\"x,y\",\"he said \"\"no\"\"\"\n", [["x,y", "he said \"no\""]]), ("\"two\nlines\",z\n", [["two\nlines", "z"]]),
      (",,\n", [["", "", ""]]), ("a,\"\"\n\n\nb,c\n", [["a", ""], ["b", "c"]]), ("é,🙂\n", [["é", "🙂"]]), ("", []),
      ("\"\"\n", [[""]]), ("a,b,", [["a", "b", ""]]),
    ])
  func parses(text: String, expected: [[String]]) throws {
    for chunk in [1, 2, 3, 7, 4096] { #expect(try CSVParserTests.records(text, chunk: chunk) == expected) }
  }

  @Test(
    "what is no CSV is an error that names the line",
    arguments: [("a\n\"x\"y\n", 2), ("a\n\"x", 2), ("a\rb\n", 1), ("\"a\nb\"c", 2)])
  func refuses(text: String, line: Int) {
    let error = #expect(throws: DatasetError.self) { try CSVParserTests.records(text) }
    #expect(error?.line == line)
  }
}
