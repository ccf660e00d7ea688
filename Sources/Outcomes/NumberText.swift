/// Which texts are numbers, and what they are. Hexadecimal numbers and spaces, which `Double` would read, are no numbers here.
package enum NumberText {
  /// Whether the text is a number of JSON (RFC 8259, section 6): no plus sign, no leading zero, digits on both sides of the
  /// point.
  static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit)
    guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
    rest = rest[whole.endIndex...]
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return false }
      rest = rest[fraction.endIndex...]
    }
    return isExponent(rest)
  }

  /// The number of a field of a file, finite or not; nil of a text that is no number.
  ///
  /// A number is decimal, `-12`, `.5`, `1.`, `+1e-3`, or one of the words that PostgreSQL and others write for what is not
  /// finite: `NaN`, `Infinity`, `inf`, in any case.
  static func value(_ text: ArraySlice<UInt8>) -> Double? {
    var rest = text
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    let isDecimal = isDecimal(rest)
    guard isDecimal || isWord(rest) else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The number of a text, likewise.
  package static func value(_ text: some StringProtocol) -> Double? { value(Array(text.utf8)[...]) }

  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    let whole = text.prefix(while: isDigit)
    var rest = text[whole.endIndex...]
    var digits = whole.count
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      digits += fraction.count
      rest = rest[fraction.endIndex...]
    }
    return digits > 0 && isExponent(rest)
  }

  /// Whether the text is an exponent, or empty.
  private static func isExponent(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return true }
    guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E") else { return false }
    var rest = text.dropFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }

  private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
    let lower = text.lazy.map { $0 | 0x20 }
    return ["nan", "inf", "infinity"].contains { lower.elementsEqual($0.utf8) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
