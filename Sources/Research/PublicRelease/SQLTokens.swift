/// The tokens of SQL and of psql's own commands, by statements.
struct SQLTokens {
  enum Kind { case word, text, sign }

  struct Token {
    let kind: Kind
    /// In lower case; empty of a text.
    let word: String
    let offset: Int
    /// What stands between the quotes.
    var content: ArraySlice<UInt8> = []
    /// Whether it is quoted by dollars: the body of a function.
    var isBody = false
    /// Whether the statement's end is followed by lines that are no SQL.
    var isFollowedByData = false
  }

  private(set) var comments: [ArraySlice<UInt8>] = []
  private(set) var statements: [[Token]] = []
  /// Where a text begins that does not end.
  private(set) var unfinished: Int?
  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var open: [Token] = []

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
    while place < bytes.endIndex, unfinished == nil { step() }
    endStatement()
  }

  private func byte(_ ahead: Int = 0) -> UInt8 { place + ahead < bytes.endIndex ? bytes[place + ahead] : 0 }

  private mutating func endStatement() {
    if !open.isEmpty { statements.append(open) }
    open = []
  }

  private mutating func step() {
    let byte = byte()
    switch byte {
    case _ where byte.isSpace: place += 1
    case 45 where self.byte(1) == 45: skipLine()
    case 47 where self.byte(1) == 42: skipComment()
    case 92 where open.isEmpty: skipLine()
    case 59:
      place += 1
      markData()
      endStatement()
    case 39: quotedText()
    case 34: quotedName()
    case 36 where dollarTag() != nil: dollarText()
    case _ where byte.isWord || byte > 127: word()
    default:
      open.append(Token(kind: .sign, word: String(UnicodeScalar(byte)), offset: place))
      place += 1
    }
  }

  private mutating func skipLine() {
    let start = place
    while place < bytes.endIndex, bytes[place] != 10 { place += 1 }
    comments.append(bytes[start..<place])
  }

  private mutating func skipComment() {
    let start = place
    var depth = 0
    repeat {
      if byte() == 47, byte(1) == 42 {
        depth += 1
        place += 2
      } else if byte() == 42, byte(1) == 47 {
        depth -= 1
        place += 2
      } else {
        place += 1
      }
    } while depth > 0 && place < bytes.endIndex
    if depth > 0 { unfinished = start }
    comments.append(bytes[start..<place])
  }

  private mutating func word() {
    let start = place
    while place < bytes.endIndex, bytes[place].isWord || bytes[place] > 127 { place += 1 }
    open.append(Token(kind: .word, word: bytes[start..<place].text.lowercased(), offset: start))
  }

  private mutating func quotedName() {
    let start = place
    place += 1
    while place < bytes.endIndex, bytes[place] != 34 { place += 1 }
    guard place < bytes.endIndex else { return unfinished = start }
    open.append(Token(kind: .word, word: bytes[(start + 1)..<place].text, offset: start))
    place += 1
  }

  private mutating func quotedText() {
    let start = place
    let isEscaped = open.last.map { $0.word == "e" && $0.offset == start - 1 } ?? false
    place += 1
    while place < bytes.endIndex {
      if isEscaped, byte() == 92 {
        place += 2
      } else if byte() == 39, byte(1) == 39 {
        place += 2
      } else if byte() == 39 {
        open.append(Token(kind: .text, word: "", offset: start, content: bytes[(start + 1)..<place]))
        place += 1
        return
      } else {
        place += 1
      }
    }
    unfinished = start
  }

  /// `$$` or `$name$` at this place.
  private func dollarTag() -> ArraySlice<UInt8>? {
    let name = bytes[(place + 1)...].prefix(while: \.isWord)
    guard name.endIndex < bytes.endIndex, bytes[name.endIndex] == 36, name.first?.isDigit != true else { return nil }
    return bytes[place...name.endIndex]
  }

  private mutating func dollarText() {
    guard let tag = dollarTag() else { return }
    let start = place
    place += tag.count
    let body = place
    while place + tag.count <= bytes.endIndex {
      if byte() == 36, bytes[place..<place + tag.count].elementsEqual(tag) {
        open.append(Token(kind: .text, word: "", offset: start, content: bytes[body..<place], isBody: true))
        place += tag.count
        return
      }
      place += 1
    }
    unfinished = start
  }

  private mutating func markData() {
    let next = bytes[place...].drop { $0 != 10 }.dropFirst().prefix { $0 != 10 }
    if !next.isEmpty, !open.isEmpty { open[0].isFollowedByData = true }
  }
}
