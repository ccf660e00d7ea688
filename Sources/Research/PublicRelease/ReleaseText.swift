/// What is wrong in a text, and at which byte.
struct Flaw: Hashable {
  /// The place in bytes, from 0.
  let offset: Int
  /// One phrase, without any value of the file.
  let what: String
}

/// The rules that every text of a public tree keeps before its format is looked at.
enum ReleaseText {
  /// The longest line of a text that people write, in bytes.
  private static let longestLine = 2000

  /// Why the bytes are not plain UTF-8 text; nil where they are.
  static func encodingFlaw(_ bytes: [UInt8]) -> Flaw? {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Flaw(offset: 0, what: "a byte-order mark") }
    for (offset, byte) in bytes.enumerated() where byte < 32 || byte == 127 {
      if byte == 0 { return Flaw(offset: offset, what: "a NUL byte: no text in UTF-8") }
      let isLineEnd = byte == 13 && offset + 1 < bytes.count && bytes[offset + 1] == 10
      if byte != 9 && byte != 10 && !isLineEnd { return Flaw(offset: offset, what: "a control character") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return Flaw(offset: 0, what: "no text in UTF-8") }
    return text.utf8.count == text.unicodeScalars.count ? nil : invisible(in: text)
  }

  /// A character that a reader does not see, which could split a word that is searched for.
  private static func invisible(in text: String) -> Flaw? {
    var offset = 0
    for scalar in text.unicodeScalars {
      if scalar.value > 127 {
        switch scalar.properties.generalCategory {
        case .format, .control, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
          return Flaw(offset: offset, what: "an invisible character")
        default: break
        }
      }
      offset += UTF8.width(scalar)
    }
    return nil
  }

  /// The first line that is too long for a text that people write.
  static func longLine(_ bytes: [UInt8]) -> Flaw? {
    lines(bytes[...]).first { $0.count > longestLine }.map { Flaw(offset: $0.startIndex, what: "a very long line") }
  }

  /// The lines, without their ends; their indices are those of the whole.
  static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
  }

  /// The number of the line, from 1, in which a byte stands.
  static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<min(offset, bytes.count)].reduce(into: 1) { if $1 == 10 { $0 += 1 } }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isUppercase: Bool { self >= 65 && self <= 90 }
  var isLowercase: Bool { self >= 97 && self <= 122 }
  var isLetter: Bool { isLowercase || isUppercase }
  var isWord: Bool { isLetter || isDigit || self == 95 }
  var isSpace: Bool { self == 32 || self == 9 || self == 10 || self == 13 }
  var hexValue: UInt8? {
    switch self {
    case 48...57: self - 48
    case 65...70: self - 55
    case 97...102: self - 87
    default: nil
    }
  }
}

extension ArraySlice<UInt8> {
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Without spaces at both ends.
  var trimmed: ArraySlice<UInt8> {
    var rest = drop { $0.isSpace }
    while let last = rest.last, last.isSpace { rest.removeLast() }
    return rest
  }
}
