/// Source code taken apart: comments and literals as texts of their own, and the code with both blanked out.
struct SourceTokens {
  /// What sets the languages apart here.
  struct Language {
    let lineComment: String
    let hasBlockComments: Bool
    let hasInterpolation: Bool
    let hasSingleQuotes: Bool
    let hasTripleQuotes: Bool

    static let swift = Language(
      lineComment: "//", hasBlockComments: true, hasInterpolation: true, hasSingleQuotes: false, hasTripleQuotes: true)
    static let c = Language(
      lineComment: "//", hasBlockComments: true, hasInterpolation: false, hasSingleQuotes: true, hasTripleQuotes: false)
    static let python = Language(
      lineComment: "#", hasBlockComments: false, hasInterpolation: false, hasSingleQuotes: true, hasTripleQuotes: true)
  }

  /// A comment or a literal without its marks and escapes, and where it begins.
  struct Piece {
    let offset: Int
    var text: [UInt8]
  }

  private static let deepest = 30

  private(set) var literals: [Piece] = []
  private(set) var comments: [Piece] = []
  /// The code, of the same length as the source.
  private(set) var code: [UInt8]
  /// Where a literal or a comment begins that does not end.
  private(set) var unfinished: Int?

  private let bytes: [UInt8]
  private let language: Language
  private var place = 0
  private var nesting = 0

  init(_ bytes: [UInt8], _ language: Language) {
    self.bytes = bytes
    self.language = language
    code = bytes.map { $0 == 10 ? 10 : 32 }
    readCode(untilParenthesis: false)
  }

  private func byte(_ ahead: Int = 0) -> UInt8 { place + ahead < bytes.count ? bytes[place + ahead] : 0 }

  private func isNext(_ text: String) -> Bool { bytes[min(place, bytes.count)...].starts(with: text.utf8) }

  private mutating func readCode(untilParenthesis: Bool) {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting < SourceTokens.deepest else { return unfinished = place }
    var depth = 0
    while place < bytes.count, unfinished == nil {
      if isNext(language.lineComment) {
        lineComment()
      } else if language.hasBlockComments, isNext("/*") {
        blockComment()
      } else if let hashes = openingHashes() {
        literal(quote: 34, hashes: hashes)
      } else if language.hasInterpolation, byte() == 47, let end = endOfPattern() {
        code[place] = 34
        place = end + 1
      } else if byte() == 34 || language.hasSingleQuotes && byte() == 39 {
        literal(quote: byte(), hashes: 0)
      } else {
        if byte() == 40 { depth += 1 }
        if byte() == 41 {
          if untilParenthesis && depth == 0 { return }
          depth -= 1
        }
        code[place] = byte()
        place += 1
      }
    }
  }

  private mutating func lineComment() {
    let start = place
    while place < bytes.count, bytes[place] != 10 { place += 1 }
    let text = bytes[start..<place].drop { $0 == 47 || $0 == 35 || $0 == 33 }
    if !comments.isEmpty, isDirectlyAfterComment(start) {
      comments[comments.count - 1].text.append(10)
      comments[comments.count - 1].text += text.trimmed
    } else {
      comments.append(Piece(offset: start, text: Array(text.trimmed)))
    }
  }

  /// Whether nothing but a line's end and spaces stands between a comment and this place.
  private func isDirectlyAfterComment(_ start: Int) -> Bool {
    let before = bytes[..<start].reversed().prefix { $0 == 32 || $0 == 9 || $0 == 10 }
    guard before.filter({ $0 == 10 }).count == 1 else { return false }
    let line = bytes[..<(start - before.count)].reversed().prefix { $0 != 10 }
    return String(decoding: line.reversed(), as: UTF8.self).drop { $0 == " " }.hasPrefix(language.lineComment)
  }

  private mutating func blockComment() {
    let start = place
    var depth = 0
    repeat {
      if isNext("/*") {
        depth += 1
        place += 2
      } else if isNext("*/") {
        depth -= 1
        place += 2
      } else {
        place += 1
      }
    } while depth > 0 && place < bytes.count
    if depth > 0 { unfinished = start }
    comments.append(Piece(offset: start, text: Array(bytes[start..<min(place, bytes.count)])))
  }

  /// Where a regular expression between slashes ends; nil of a division.
  private func endOfPattern() -> Int? {
    let before = bytes[..<place].last { $0 != 32 }
    guard before.map({ "(,=:{[".utf8.contains($0) }) ?? true, !byte(1).isSpace else { return nil }
    let line = bytes[(place + 1)...].prefix { $0 != 10 }
    return line.indices.first { line[$0] == 47 && bytes[$0 - 1] != 92 }
  }

  /// How many `#` stand before the quote of a raw literal of Swift.
  private func openingHashes() -> Int? {
    guard language.hasInterpolation, byte() == 35 else { return nil }
    let hashes = bytes[place...].prefix { $0 == 35 }
    return hashes.endIndex < bytes.count && bytes[hashes.endIndex] == 34 ? hashes.count : nil
  }

  private mutating func literal(quote: UInt8, hashes: Int) {
    let start = place
    place += hashes
    let isTriple = language.hasTripleQuotes && byte() == quote && byte(1) == quote && byte(2) == quote
    let mark = [UInt8](repeating: quote, count: isTriple ? 3 : 1) + [UInt8](repeating: 35, count: hashes)
    place += isTriple ? 3 : 1
    code[start] = 34
    var text: [UInt8] = []
    while place < bytes.count, unfinished == nil {
      if bytes[place...].starts(with: mark) {
        place += mark.count
        literals.append(Piece(offset: start, text: isTriple ? SourceTokens.unindented(text) : text))
        return
      }
      if byte() == 92, bytes[(place + 1)...].prefix(hashes).allSatisfy({ $0 == 35 }) {
        place += 1 + hashes
        escape(into: &text)
      } else if byte() == 10, !isTriple {
        break
      } else {
        text.append(byte())
        place += 1
      }
    }
    if unfinished == nil { unfinished = start }
  }

  private mutating func escape(into text: inout [UInt8]) {
    let byte = byte()
    if byte == 40, language.hasInterpolation {
      code[place] = byte
      place += 1
      readCode(untilParenthesis: true)
      if place < bytes.count { code[place] = bytes[place] }
      place += 1
      // Where a value comes in, a digit keeps JSON and SQL readable.
      text.append(48)
      return
    }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "r"), 10: break
    case UInt8(ascii: "u"), UInt8(ascii: "x"): hexadecimal(into: &text)
    default: text.append(byte)
    }
  }

  /// `\u{…}`, `\uXXXX` or `\xXX`.
  private mutating func hexadecimal(into text: inout [UInt8]) {
    let isBraced = byte() == 123
    if isBraced { place += 1 }
    let digits = bytes[place...].prefix(isBraced ? 8 : bytes[place - 1] == 120 ? 2 : 4).prefix { $0.hexValue != nil }
    place = digits.endIndex
    if isBraced, byte() == 125 { place += 1 }
    let code = digits.reduce(UInt32(0)) { $0 << 4 | UInt32($1.hexValue ?? 0) }
    if let scalar = Unicode.Scalar(code), code >= 32 { text += Array(String(Character(scalar)).utf8) }
  }

  /// The lines of a literal of several lines, without the indentation that they share.
  private static func unindented(_ text: [UInt8]) -> [UInt8] {
    let lines = ReleaseText.lines(text[...])
    func spaces(_ line: ArraySlice<UInt8>) -> Int { line.prefix { $0 == 32 }.count }
    let indentation = lines.filter { !$0.trimmed.isEmpty }.map(spaces).min() ?? 0
    let shortened = lines.map { $0.dropFirst(Swift.min(indentation, spaces($0))) }
    return Array(shortened.joined(separator: [10]))
  }
}
