/// Reads JSON (RFC 8259) whole, and looks at each key and each value as it goes by.
struct JSONFormat {
  private static let deepest = 48
  private static let enough = 5

  private let bytes: ArraySlice<UInt8>
  private let keys: [String: ValueForm]
  /// Whether values must have the forms of their keys; tests of a program try others too.
  private let checksValues: Bool
  /// Whether the value is a part of another text.
  private let isPart: Bool
  private var place: Int
  private(set) var flaws: [Flaw] = []

  /// Where the bytes are no JSON, which ends the reading.
  private struct NotJSON: Error {}

  init(_ bytes: ArraySlice<UInt8>, keys: [String: ValueForm], isPart: Bool = false, checksValues: Bool = true) {
    self.bytes = bytes
    self.checksValues = checksValues
    self.isPart = isPart
    self.keys = keys
    place = bytes.startIndex
  }

  /// The flaws of a file that is one value.
  static func flaws(ofFile bytes: ArraySlice<UInt8>) -> [Flaw] {
    var reader = JSONFormat(bytes, keys: SpecialKeys.keys(for: bytes))
    return reader.isValue() && reader.isAtEnd ? reader.flaws : reader.flaws + [reader.noJSON]
  }

  /// The flaws of a file with an object a line.
  static func flaws(ofLines bytes: ArraySlice<UInt8>) -> [Flaw] {
    var found: [Flaw] = []
    for line in ReleaseText.lines(bytes) where !line.trimmed.isEmpty && found.count < enough {
      var reader = JSONFormat(line, keys: keys(ofLine: line.text))
      guard line.trimmed.first == UInt8(ascii: "{") else {
        found.append(Flaw(offset: line.startIndex, what: "a line that is no JSON object"))
        continue
      }
      let isWhole = reader.isValue() && reader.isAtEnd
      found += reader.flaws
      if !isWhole { found.append(reader.noJSON) }
    }
    return found
  }

  private static func keys(ofLine line: String) -> [String: ValueForm] {
    if line.contains("\"_label") { return KnownFields.decisionKeys }
    // An outcome has no more than its columns; a run, or a line of a log, has its own keys.
    return line.contains("\"chosen_model_slug\"") ? KnownFields.columns : KnownFields.keys
  }

  /// The place after the value; nil where there is none.
  mutating func endOfValue() -> Int? { isValue() ? place : nil }

  private var noJSON: Flaw { Flaw(offset: min(place, bytes.endIndex - 1), what: "no JSON from here on") }

  private var isAtEnd: Bool { bytes[place...].allSatisfy(\.isSpace) }

  private mutating func isValue() -> Bool {
    do {
      try value(form: .number, isRoot: true, depth: 0)
      return true
    } catch {
      return false
    }
  }

  private mutating func skipSpace() {
    while place < bytes.endIndex, bytes[place].isSpace { place += 1 }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.endIndex, bytes[place] == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ byte: Unicode.Scalar) throws {
    if !take(byte) { throw NotJSON() }
  }

  private mutating func value(form: ValueForm, isRoot: Bool = false, depth: Int) throws {
    skipSpace()
    guard place < bytes.endIndex, depth < JSONFormat.deepest else { throw NotJSON() }
    switch bytes[place] {
    case UInt8(ascii: "{"): try object(form: form, depth: depth)
    case UInt8(ascii: "["): try array(form: form, isRoot: isRoot, depth: depth)
    case UInt8(ascii: "\""):
      let start = place
      let text = try string()
      let isGood = !isRoot && form.accepts(text[...])
      if !isGood, form.isOfUnknownKey {
        report(start, "a key that is not known")
      } else if !isGood, checksValues {
        report(start, "a value that its key does not have")
      }
    default:
      if checksValues, case .source = form { report(place, "a value that its key does not have") }
      try literal()
    }
  }

  private mutating func object(form: ValueForm, depth: Int) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      skipSpace()
      let start = place
      let key = try string()
      try expect(":")
      try value(form: self.form(of: key, at: start, in: form), depth: depth + 1)
    } while take(",")
    try expect("}")
  }

  /// What stands under a key: of a map what the map says, else what the key has everywhere.
  private mutating func form(of key: [UInt8], at start: Int, in form: ValueForm) -> ValueForm {
    let known = keys[String(decoding: key, as: UTF8.self)]
    if case .map(let inner) = form {
      if checksValues, !isKey(key[...], of: inner) { report(start, "a key that its map does not have") }
      return inner
    }
    if let known { return known }
    // Of a policy each cell is a key.
    if ValueForm.isCell(key[...]) { return .name }
    if isPart { return formOfUnknown(key[...]) }
    report(start, "a key that is not known")
    return .sentence
  }

  /// Beside data of ours other objects stand in prose and code, such as settings: they may hold numbers and names, but what
  /// people and models say is known by its key.
  private func formOfUnknown(_ key: ArraySlice<UInt8>) -> ValueForm {
    if TranscriptRule.isName(key) { return .nothing }
    return checksValues || key.count > 1 ? .unknown : .sentence
  }

  private func isKey(_ key: ArraySlice<UInt8>, of inner: ValueForm) -> Bool {
    if case .cell = inner { ValueForm.isCell(key) } else { ValueForm.isName(key) }
  }

  private mutating func array(form: ValueForm, isRoot: Bool, depth: Int) throws {
    try expect("[")
    if take("]") { return }
    let form = if case .map(let inner) = form { inner } else { form }
    repeat { try value(form: form, isRoot: isRoot, depth: depth + 1) } while take(",")
    try expect("]")
  }

  private mutating func literal() throws {
    let text = bytes[place...].prefix { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
    guard let first = text.first,
      ["true", "false", "null"].contains(text.text) || !first.isLetter && ValueForm.isNumber(text)
    else { throw NotJSON() }
    place = text.endIndex
  }

  /// The bytes of a string without escapes. What escapes hid is looked at again.
  private mutating func string() throws -> [UInt8] {
    try expect("\"")
    let start = place
    var text: [UInt8] = []
    var isEscaped = false
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        if isEscaped { look(atHidden: text, start: start) }
        return text
      case UInt8(ascii: "\\"):
        isEscaped = true
        text += try escape()
      case 0..<32: throw NotJSON()
      default: text.append(byte)
      }
    }
    throw NotJSON()
  }

  private mutating func look(atHidden text: [UInt8], start: Int) {
    for flaw in CommonRules.flaws(in: text[...], isConfiguration: true) + FragmentRule.flaws(in: text[...]) {
      report(start, flaw.what)
    }
  }

  private mutating func escape() throws -> [UInt8] {
    guard place < bytes.endIndex else { throw NotJSON() }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"), UInt8(ascii: "f"): return [32]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      let digits = bytes[place...].prefix(4).compactMap(\.hexValue)
      guard digits.count == 4 else { throw NotJSON() }
      place += 4
      let code = digits.reduce(UInt32(0)) { $0 << 4 | UInt32($1) }
      // Half of a surrogate pair stands for a character that is no letter of a key and no digit of an identifier.
      return Array(String(Character(Unicode.Scalar(code) ?? "_")).utf8)
    default: throw NotJSON()
    }
  }

  private mutating func report(_ offset: Int, _ what: String) {
    if flaws.count < JSONFormat.enough { flaws.append(Flaw(offset: offset, what: what)) }
  }
}
