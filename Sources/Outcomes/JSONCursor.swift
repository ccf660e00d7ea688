/// Reads one JSON value (RFC 8259) from bytes, front to back and without a tree, for lines by the million.
public struct JSONCursor {
  /// What is wrong, and at which byte of the line.
  public struct Fault: Error, Equatable {
    /// One phrase.
    public let reason: String

    /// Makes a fault.
    public init(reason: String) { self.reason = reason }
  }

  /// What a value is.
  public enum Kind: Sendable {
    /// `null`.
    case null
    /// A string, a number, true or false.
    case scalar
    /// An object.
    case object
    /// An array.
    case array
  }

  private static let deepest = 64

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var isFirst = true
  private var scratch: [UInt8] = []
  /// The key that `nextKey()` read, without escapes.
  public private(set) var key: ArraySlice<UInt8> = []

  /// Begins at the front of the bytes.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  private func fault(_ reason: String) -> Fault {
    Fault(reason: "\(reason) at byte \(place - bytes.startIndex + 1)")
  }

  private mutating func skipSpace() {
    while place < bytes.endIndex, JSONCursor.isSpace(bytes[place]) { place += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  /// The byte that comes next, after white space; 0 at the end.
  private mutating func peek() -> UInt8 {
    skipSpace()
    return place < bytes.endIndex ? bytes[place] : 0
  }

  private mutating func expect(_ byte: Unicode.Scalar) throws(Fault) {
    guard peek() == UInt8(ascii: byte) else { throw fault("\(byte) is expected") }
    place += 1
  }

  /// What the next value is.
  public mutating func kind() throws(Fault) -> Kind {
    switch peek() {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "n"): .null
    case 0: throw fault("a value is expected")
    default: .scalar
    }
  }

  /// Opens an object; its keys are then `nextKey()`'s.
  public mutating func openObject() throws(Fault) {
    try expect("{")
    isFirst = true
  }

  /// Reads the next key of the object that is open; false at its end. Its value must then be read.
  public mutating func nextKey() throws(Fault) -> Bool {
    guard try next(closing: "}") else { return false }
    key = try string()
    try expect(":")
    return true
  }

  /// Opens an array; its values are then `nextElement()`'s.
  public mutating func openArray() throws(Fault) {
    try expect("[")
    isFirst = true
  }

  /// Whether the array that is open has another value, which must then be read.
  public mutating func nextElement() throws(Fault) -> Bool { try next(closing: "]") }

  private mutating func next(closing: Unicode.Scalar) throws(Fault) -> Bool {
    if peek() == UInt8(ascii: closing) {
      place += 1
      isFirst = false
      return false
    }
    if !isFirst { try expect(",") }
    isFirst = false
    return true
  }

  /// Reads a string, a number, true or false, as the bytes of its text.
  public mutating func scalar() throws(Fault) -> ArraySlice<UInt8> {
    let text = peek() == UInt8(ascii: "\"") ? try string() : try literal()
    isFirst = false
    return text
  }

  /// Reads a number.
  /// - Throws: where it is none, or is beyond what a `Double` holds.
  public mutating func number() throws(Fault) -> Double {
    guard let value = Double(String(decoding: try literal(), as: UTF8.self)), value.isFinite else {
      throw fault("a finite number is expected")
    }
    isFirst = false
    return value
  }

  private mutating func literal() throws(Fault) -> ArraySlice<UInt8> {
    skipSpace()
    let start = place
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == 44 || byte == 93 || byte == 125 || JSONCursor.isSpace(byte) { break }
      place += 1
    }
    let text = bytes[start..<place]
    guard let first = text.first, text.count < 64 else { throw fault("a value is expected") }
    let isNumber = first == UInt8(ascii: "-") || (48...57).contains(first)
    guard
      (isNumber && NumberText.isJSON(text)) || text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8)
        || text.elementsEqual("null".utf8)
    else { throw fault("a value is expected") }
    return text
  }

  /// Passes over the next value.
  public mutating func skip() throws(Fault) { try skip(depth: 0) }

  private mutating func skip(depth: Int) throws(Fault) {
    guard depth < JSONCursor.deepest else { throw fault("nested too deep") }
    switch try kind() {
    case .object:
      try openObject()
      while try next(closing: "}") {
        _ = try string()
        try expect(":")
        try skip(depth: depth + 1)
      }
    case .array:
      try openArray()
      while try nextElement() { try skip(depth: depth + 1) }
    case .null, .scalar: _ = try scalar()
    }
    isFirst = false
  }

  /// Nothing but white space may follow.
  public mutating func end() throws(Fault) {
    guard peek() == 0, place == bytes.endIndex else { throw fault("more follows the value") }
  }

  /// The bytes between quotes, which are the line's own where there is no escape among them.
  private mutating func string() throws(Fault) -> ArraySlice<UInt8> {
    try expect("\"")
    let start = place
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return bytes[start..<place - 1]
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 32 { throw fault("a control character stands in a string") }
      place += 1
    }
    throw fault("a string does not end")
  }

  private mutating func escapedString(from start: Int) throws(Fault) -> ArraySlice<UInt8> {
    scratch.removeAll(keepingCapacity: true)
    scratch += bytes[start..<place]
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return scratch[...]
      case UInt8(ascii: "\\"): try escape()
      case 0..<32: throw fault("a control character stands in a string")
      default: scratch.append(byte)
      }
    }
    throw fault("a string does not end")
  }

  private mutating func escape() throws(Fault) {
    guard place < bytes.endIndex else { throw fault("a string does not end") }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
    case UInt8(ascii: "b"): scratch.append(8)
    case UInt8(ascii: "f"): scratch.append(12)
    case UInt8(ascii: "n"): scratch.append(10)
    case UInt8(ascii: "r"): scratch.append(13)
    case UInt8(ascii: "t"): scratch.append(9)
    case UInt8(ascii: "u"): try unicodeEscape()
    default: throw fault("an escape that JSON does not have")
    }
  }

  private mutating func unicodeEscape() throws(Fault) {
    var code = try hexadecimal()
    if (0xd800..<0xdc00).contains(code) {
      guard bytes[place...].starts(with: "\\u".utf8) else { throw fault("half of a surrogate pair") }
      place += 2
      let low = try hexadecimal()
      guard (0xdc00..<0xe000).contains(low) else { throw fault("half of a surrogate pair") }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
    scratch += Array(Character(scalar).utf8)
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard place < bytes.endIndex, let digit = JSONCursor.hexadecimalDigit(bytes[place]) else {
        throw fault("four hexadecimal digits are expected")
      }
      code = code * 16 + digit
      place += 1
    }
    return code
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
