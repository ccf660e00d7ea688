import Outcomes
import Testing

@Suite struct JSONCursorTests {
  private static func skip(_ text: String) throws(JSONCursor.Fault) {
    var cursor = JSONCursor(Array(text.utf8)[...])
    try cursor.skip()
    try cursor.end()
  }

  @Test(
    "what RFC 8259 has not is no number",
    arguments: [
      "0x1p3", "-0x10", "+1", "01", "-01", "1.", ".5", "-.5", "1e", "1e+", "1.e3", "1_0", "--1", "-", "1d", "nan",
      "NaN", "Infinity", "-Infinity", "inf", "-inf", "1e5.0", "0x", "\u{ff11}",
    ])
  func numbers(text: String) {
    #expect(throws: JSONCursor.Fault.self) { try JSONCursorTests.skip(text) }
    #expect(throws: JSONCursor.Fault.self) { try JSONCursorTests.skip("{\"a\": [\(text)]}") }
  }

  @Test(
    "a number of JSON is read",
    arguments: [
      ("0", 0.0), ("-0", 0), ("10", 10), ("-1.50", -1.5), ("1e3", 1000), ("1E-2", 0.01), ("2.5e+1", 25),
      ("5e-324", .leastNonzeroMagnitude),
      ("1e-400", 0),
    ])
  func reads(text: String, value: Double) throws {
    var cursor = JSONCursor(Array(text.utf8)[...])
    #expect(try cursor.number() == value)
    try cursor.end()
  }

  @Test("a number beyond a double is none", arguments: ["1e400", "-1e999"])
  func overflows(text: String) {
    var cursor = JSONCursor(Array(text.utf8)[...])
    #expect(throws: JSONCursor.Fault.self) { try cursor.number() }
  }

  @Test(
    "an escape has four hexadecimal digits, and halves of surrogate pairs stand together or not at all",
    arguments: [
      #""\u+12F""#, #""\u-12F""#, #""\u 12F""#, #""\u12""#, #""\u12G0""#, #""\ud800""#, #""\udc00""#, #""\ud800x""#,
      #""\ud800\n""#, #""\ud800\ud800""#, #""\ud800\u+c00""#, #""\x41""#, #""\"#, #""\u"#, "\"a\nb\"", "\"\u{0}\"",
    ])
  func escapes(text: String) {
    #expect(throws: JSONCursor.Fault.self) { try JSONCursorTests.skip(text) }
  }

  @Test(
    "commas and brackets stand where they belong",
    arguments: [
      "[1,]", "[,1]", "[1 2]", "{,}", #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#, "{1:2}", "[1", "]", "{", "1 2", "",
      "tru", "nul", "nope", "True", "[[]", String(repeating: "[", count: 100_000),
    ])
  func structure(text: String) {
    #expect(throws: JSONCursor.Fault.self) { try JSONCursorTests.skip(text) }
  }
}
