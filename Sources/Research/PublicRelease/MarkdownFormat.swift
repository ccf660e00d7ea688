/// Reads Markdown: prose, tables whose headers are made of known words, and blocks that are looked at in their own language.
struct MarkdownFormat {
  private var flaws: [Flaw] = []
  private let lines: [ArraySlice<UInt8>]

  /// The flaws of a file.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var reader = MarkdownFormat(lines: ReleaseText.lines(bytes))
    reader.read(bytes)
    return reader.flaws
  }

  private init(lines: [ArraySlice<UInt8>]) { self.lines = lines }

  private mutating func read(_ bytes: ArraySlice<UInt8>) {
    var number = 0
    var prose = 0
    while number < lines.count {
      if let fence = MarkdownFormat.fence(of: lines[number]) {
        lookAtProse(prose..<number, in: bytes)
        let body = number + 1
        let end = (body..<lines.count).first { MarkdownFormat.isEnd(of: fence, lines[$0]) }
        guard let end else {
          return flaws.append(Flaw(offset: lines[number].startIndex, what: "a block that does not end"))
        }
        lookAtBlock(body..<end, language: MarkdownFormat.language(of: lines[number]), in: bytes)
        number = end + 1
        prose = number
      } else if number > 0, MarkdownTable.isRule(lines[number]), lines[number - 1].contains(124) {
        lookAtProse(prose..<(number - 1), in: bytes)
        number = lookAtTable(header: number - 1)
        prose = number
      } else {
        number += 1
      }
    }
    lookAtProse(prose..<lines.count, in: bytes)
  }

  private static func fence(of line: ArraySlice<UInt8>) -> [UInt8]? {
    let start = line.trimmed
    guard let mark = start.first, mark == 96 || mark == 126 else { return nil }
    let fence = start.prefix { $0 == mark }
    return fence.count >= 3 && !start[fence.endIndex...].contains(96) ? Array(fence) : nil
  }

  private static func isEnd(of fence: [UInt8], _ line: ArraySlice<UInt8>) -> Bool {
    line.trimmed.count >= fence.count && line.trimmed.allSatisfy { $0 == fence[0] }
  }

  private static func language(of line: ArraySlice<UInt8>) -> String {
    line.trimmed.drop { $0 == 96 || $0 == 126 }.trimmed.text.lowercased()
  }

  private func slice(_ range: Range<Int>, of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let first = range.first, let last = range.last else { return [] }
    return bytes[lines[first].startIndex..<lines[last].endIndex]
  }

  private mutating func lookAtProse(_ range: Range<Int>, in bytes: ArraySlice<UInt8>) {
    let text = slice(range, of: bytes)
    flaws += FragmentRule.flaws(in: text) + TranscriptRule.flaws(in: text)
    for line in ReleaseText.lines(text) {
      let lower = line.text.lowercased()
      if lower.contains("<!--") || lower.contains("<script")
        || ["data:text/", "data:image/", "data:application/"].contains(where: lower.contains)
        || lower.contains("<iframe")
      {
        flaws.append(Flaw(offset: line.startIndex, what: "a part of the page that readers do not see"))
      }
      if ["<table", "<td", "<th", "<pre", "<dl"].contains(where: lower.contains) {
        flaws.append(Flaw(offset: line.startIndex, what: "a table in HTML"))
      }
      if line.trimmed.contains(9) { flaws.append(Flaw(offset: line.startIndex, what: "rows of a table")) }
      if line.split(separator: 124).count > 1, line.trimmed.first == 124 {
        flaws.append(Flaw(offset: line.startIndex, what: "a table without a header"))
      }
    }
  }

  private mutating func lookAtBlock(_ range: Range<Int>, language: String, in bytes: ArraySlice<UInt8>) {
    let text = slice(range, of: bytes)
    guard !text.isEmpty else { return }
    let row = ReleaseText.lines(text).first { $0.trimmed.contains(9) || $0.starts(with: "-[ RECORD".utf8) }
    if let row { flaws.append(Flaw(offset: row.startIndex, what: "rows of a table")) }
    switch language {
    case "json": flaws += JSONFormat.flaws(ofFile: text)
    case "jsonl", "ndjson": flaws += JSONFormat.flaws(ofLines: text)
    case "csv": flaws += TableFormat.flaws(in: text)
    case "yaml", "yml": flaws += YAMLFormat.flaws(in: text)
    case "sql": flaws += SQLFormat.flaws(ofFile: text)
    case "", "console", "sh", "bash", "shell", "text", "swift", "python", "promql", "ini", "dockerfile", "make", "math",
      "diff",
      "mermaid", "html", "xml", "toml":
      flaws += FragmentRule.flaws(in: text) + TranscriptRule.flaws(in: text)
    default: flaws.append(Flaw(offset: text.startIndex, what: "a block in a language that is not known"))
    }
  }

  /// Looks at a table, and returns the line after it.
  private mutating func lookAtTable(header: Int) -> Int {
    let cells = MarkdownTable.cells(of: lines[header])
    if !cells.allSatisfy({ MarkdownTable.isHeader($0.text) }) {
      flaws.append(Flaw(offset: lines[header].startIndex, what: "a table with a column that is not known"))
    }
    var number = header + 2
    while number < lines.count, lines[number].contains(124), !lines[number].trimmed.isEmpty {
      let cells = MarkdownTable.cells(of: lines[number])
      if cells.contains(where: {
        ["prod", "production"].contains($0.text.lowercased().filter { $0.isLetter }) && $0.count < 14
      }),
        MarkdownTable.cells(of: lines[header]).contains(where: { $0.text.lowercased().contains("source") })
      {
        flaws.append(Flaw(offset: lines[number].startIndex, what: "a row of production"))
      }
      number += 1
    }
    return number
  }
}

/// Tables in prose and in what psql prints.
enum MarkdownTable {
  /// Whether a header is made of known words and numbers.
  static func isHeader(_ cell: String) -> Bool {
    let words = cell.lowercased().split { !$0.isLetter && $0 != "_" }
    return cell.count <= 80
      && words.allSatisfy {
        KnownFields.headerWords.contains(String($0))
          || $0.contains("_") && (KnownFields.keys[String($0)] != nil || SQLColumns.names.contains(String($0)))
      }
  }

  /// `| --- | :-: |`.
  static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.contains(45) && line.contains(124) && line.allSatisfy { "|-: \t".utf8.contains($0) }
  }

  static func cells(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var text = line.trimmed
    if text.first == 124 { text = text.dropFirst() }
    if text.last == 124 { text = text.dropLast() }
    return text.split(separator: 124, omittingEmptySubsequences: false).map(\.trimmed)
  }

  /// `-----+-----`.
  static func isResultRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.trimmed.count > 2 && line.trimmed.allSatisfy { $0 == 45 || $0 == 43 }
  }

  /// The result of a query as psql prints it: a header, a rule of hyphens and plus signs, rows.
  static func flaws(ofQueryResult text: ArraySlice<UInt8>) -> [Flaw] {
    let lines = ReleaseText.lines(text)
    return zip(lines, lines.dropFirst()).compactMap { header, rule in
      guard isResultRule(rule), header.contains(124) || rule.contains(43),
        !cells(of: header).allSatisfy({ isHeader($0.text) })
      else { return nil }
      return Flaw(offset: header.startIndex, what: "a table with a column that is not known")
    }
  }
}
