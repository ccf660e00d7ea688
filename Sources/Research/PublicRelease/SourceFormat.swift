/// Reads source code: it must be code of its language, and neither its comments nor its literals may hold data.
enum SourceFormat {
  private static let enough = 5

  static func flaws(inSwift bytes: [UInt8]) -> [Flaw] {
    let tokens = SourceTokens(bytes, .swift)
    return flaws(of: tokens, "no Swift") + SwiftCode.flaws(in: tokens.code)
  }

  static func flaws(inC bytes: [UInt8]) -> [Flaw] {
    let tokens = SourceTokens(bytes, .c)
    return flaws(of: tokens, "no C") + words(in: tokens.code, keywords: cWords, "no C")
  }

  static func flaws(inPython bytes: [UInt8]) -> [Flaw] {
    let tokens = SourceTokens(bytes, .python)
    return flaws(of: tokens, "no Python") + PythonCode.flaws(in: tokens.code)
  }

  /// What is wrong with comments and literals.
  private static func flaws(of tokens: SourceTokens, _ noCode: String) -> [Flaw] {
    var found: [Flaw] = []
    if let offset = tokens.unfinished { found.append(Flaw(offset: offset, what: noCode)) }
    for piece in tokens.literals + tokens.comments where found.count < enough {
      let inner = FragmentRule.flaws(in: piece.text[...], isCode: true) + hidden(in: piece)
      if let what = inner.first?.what { found.append(Flaw(offset: piece.offset, what: what)) }
    }
    found += named(in: tokens)
    for piece in tokens.comments {
      if TranscriptRule.flaws(in: piece.text[...]).count > 1 {
        found.append(Flaw(offset: piece.offset, what: "a conversation"))
      }
    }
    return found
  }

  /// Literals of several words that stand under a key, or behind a label, of what people and models say.
  private static func named(in tokens: SourceTokens) -> [Flaw] {
    var found: [Flaw] = []
    for (number, piece) in tokens.literals.enumerated() where piece.text.split(separator: 32).count > 2 {
      let before = tokens.code[..<piece.offset].reversed().drop { $0.isSpace }
      guard let sign = before.first, sign == 58 || sign == 61 else { continue }
      let rest = before.dropFirst().drop { $0.isSpace || $0 == 58 }
      let isKey = rest.first == 34 && number > 0 && TranscriptRule.isName(tokens.literals[number - 1].text[...])
      let word = Array(rest.prefix(while: \.isWord).reversed())
      if isKey || TranscriptRule.isName(word[...]) {
        found.append(Flaw(offset: piece.offset, what: "a line of a conversation"))
      }
    }
    return found
  }

  /// What escapes hid from the rules that look at the file as it stands.
  private static func hidden(in piece: SourceTokens.Piece) -> [Flaw] {
    IdentifierRule.flaws(in: piece.text[...]).filter { $0.what == IdentifierRule.what }
  }

  private static let cWords = KnownFields.words(
    """
    auto bool break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while define include
    ifdef ifndef endif elif undef pragma error defined has_include once module header link export system umbrella
    """)

  /// The first line on which three words follow each other, none of which is the language's: prose, and no code.
  static func words(in code: [UInt8], keywords: Set<String>, _ what: String) -> [Flaw] {
    for line in ReleaseText.lines(code[...]) {
      var run = 0
      var place = line.startIndex
      while place < line.endIndex {
        let word = line[place...].prefix { $0.isWord || $0 > 127 }
        if word.isEmpty {
          if line[place] != 32 { run = 0 }
          place += 1
        } else {
          run = keywords.contains(word.text) || word.first?.isDigit == true ? 0 : run + 1
          if run == 3 { return [Flaw(offset: line.startIndex, what: what)] }
          place = word.endIndex
        }
      }
    }
    return []
  }
}

/// What makes a text Swift.
private enum SwiftCode {
  private static let keywords = KnownFields.words(
    """
    actor any as associatedtype async await borrowing break case catch class consuming continue convenience default defer deinit
    didSet do dynamic each else enum extension fallthrough false fileprivate final for func get guard if import in indirect
    infix init inout internal is isolated lazy let macro mutating nil nonisolated nonmutating open operator optional override
    package postfix precedencegroup prefix private protocol public repeat required rethrows return sending set some static
    struct subscript super switch then throw throws true try typealias unowned unsafe var weak where while willSet consume
    borrow discard yield unchecked canImport elseif endif available swift os arch error warning
    """)
  /// What a declaration, or a statement of a script, may begin with.
  private static let starts = keywords.union(KnownFields.words("print exit"))

  static func flaws(in code: [UInt8]) -> [Flaw] {
    let prose = SourceFormat.words(in: code, keywords: keywords, "no Swift")
    return prose.isEmpty ? outside(in: code) : prose
  }

  /// The first line outside of all brackets that begins as no declaration does.
  private static func outside(in code: [UInt8]) -> [Flaw] {
    var depth = 0
    var isOpen = false
    var declarations = 0
    for line in ReleaseText.lines(code[...]) {
      let text = line.trimmed
      guard let first = text.first else { continue }
      if depth == 0, !isOpen, first.isWord {
        let word = text.prefix(while: \.isWord)
        let next = text[word.endIndex...].first
        let isStatement = starts.contains(word.text) || next == 46 || next == 40 || text.contains(61)
        if !isStatement { return [Flaw(offset: line.startIndex, what: "no Swift")] }
        declarations += 1
      }
      for byte in text {
        if "([{".utf8.contains(byte) { depth += 1 }
        if ")]}".utf8.contains(byte) { depth -= 1 }
      }
      if depth < 0 { return [Flaw(offset: line.startIndex, what: "no Swift")] }
      isOpen = text.last.map { ",:=&|?+(".utf8.contains($0) } ?? false || text.text.hasSuffix("->")
    }
    return declarations > 0 && depth == 0 ? [] : [Flaw(offset: 0, what: "no Swift")]
  }
}

/// What makes a text Python.
private enum PythonCode {
  private static let keywords = KnownFields.words(
    """
    False None True and as assert async await break class continue def del elif else except finally for from global if import
    in is lambda nonlocal not or pass raise return try while with yield match case
    """)

  static func flaws(in code: [UInt8]) -> [Flaw] {
    var depth = 0
    for line in ReleaseText.lines(code[...]) {
      let text = line.trimmed
      if depth == 0, let first = text.first, first.isWord {
        let word = text.prefix(while: \.isWord)
        let rest = text[word.endIndex...].drop { $0 == 32 }.first ?? 10
        let isStatement =
          keywords.contains(word.text) || ".([=:+-*/|&".utf8.contains(rest) || text.contains(61) || rest == 10
        if !isStatement { return [Flaw(offset: line.startIndex, what: "no Python")] }
      }
      for byte in text {
        if "([{".utf8.contains(byte) { depth += 1 }
        if ")]}".utf8.contains(byte) { depth -= 1 }
      }
    }
    return SourceFormat.words(in: code, keywords: keywords, "no Python")
  }
}
