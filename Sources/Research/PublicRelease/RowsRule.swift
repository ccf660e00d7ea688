/// Finds the rows of a table inside of other text, whatever stands between their columns.
enum RowsRule {
  private static let separators: [UInt8] = [44, 59, 9, 124]

  static func flaws(in text: ArraySlice<UInt8>, isCode: Bool) -> [Flaw] {
    let lines = ReleaseText.lines(text)
    return separators.flatMap { rows(in: lines, $0, isCode) } + (isCode ? [] : columns(in: lines))
  }

  /// Lines that follow each other and have as many separators.
  private static func rows(in lines: [ArraySlice<UInt8>], _ separator: UInt8, _ isCode: Bool) -> [Flaw] {
    var found: [Flaw] = []
    var start = 0
    while start + 1 < lines.count {
      let first = fields(of: lines[start], separator)
      guard first.count > 1 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < lines.count, !lines[end].isEmpty, fields(of: lines[end], separator).count == first.count { end += 1 }
      // What psql prints is known by its header.
      let isResult = separator == 124 && start > 0 && MarkdownTable.isResultRule(lines[start - 1])
      let rows = lines[start..<end]
      if rows.count > 1, !isResult, !isExamples(rows), let flaw = flaw(of: rows, header: first, separator, isCode) {
        found.append(flaw)
      }
      start = end
    }
    return found
  }

  private static func isExamples(_ lines: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    lines.allSatisfy { $0.contains(124) && VowpalWabbitFormat.flaws(in: $0).isEmpty }
  }

  private static func flaw(
    of lines: ArraySlice<ArraySlice<UInt8>>, header: [ArraySlice<UInt8>], _ separator: UInt8, _ isCode: Bool
  ) -> Flaw? {
    let rows = lines.map { fields(of: $0, separator) }
    let place = lines.first?.startIndex ?? 0
    // A semicolon at each end closes statements.
    if separator == 59, rows.allSatisfy({ $0.last?.trimmed.isEmpty ?? true }) { return nil }
    let isTight = separator == 9 || separator == 124 || !rows.joined().contains { $0.first == 32 }
    if separator != 124, isTight || separator == 59, isUnknown(header, rows.dropFirst()) {
      return Flaw(offset: place, what: "a table with a column that is not known")
    }
    let sayings = rows.filter { row in row.contains { $0.split(separator: 32).count > 1 } }
    let isSaid = isTight && sayings.count == rows.count
    return isSaid || !isCode && isPlain(rows, separator, isTight) ? Flaw(offset: place, what: "rows of a table") : nil
  }

  /// Whether a first row names columns, one of which is not known.
  private static func isUnknown(_ header: [ArraySlice<UInt8>], _ rows: ArraySlice<[ArraySlice<UInt8>]>) -> Bool {
    guard header.allSatisfy(isColumnName), !TableFormat.isHeader(header.map(\.trimmed)) else { return false }
    let isFilled = rows.allSatisfy { row in !row.contains { $0.isEmpty } || row.contains { $0.contains(32) } }
    return isFilled && (header.count > 2 || rows.count > 1) || header.contains { TranscriptRule.isName($0.trimmed) }
  }

  /// Rows of short values, as no sentence has them.
  private static func isPlain(_ rows: [[ArraySlice<UInt8>]], _ separator: UInt8, _ isTight: Bool) -> Bool {
    guard rows[0].count > 2 else { return false }
    if separator == 59 { return rows.joined().allSatisfy { !$0.trimmed.isEmpty } }
    return isTight
      && rows.joined().allSatisfy { field in
        !field.isEmpty && field.allSatisfy { $0.isWord || ".:+-@/".utf8.contains($0) }
      }
  }

  private static func isColumnName(_ field: ArraySlice<UInt8>) -> Bool {
    let name = field.trimmed
    return (2...40).contains(name.count) && name.allSatisfy { $0.isWord || $0 == 32 || $0 == 45 }
      && name.contains(where: \.isLetter) && name.split(separator: 32).count < 4
  }

  /// Columns that spaces set under a header which names what people and models say.
  private static func columns(in lines: [ArraySlice<UInt8>]) -> [Flaw] {
    zip(lines, lines.dropFirst()).compactMap { header, row in
      let names = header.trimmed.text.split(separator: "  ", omittingEmptySubsequences: true)
      let isNamed =
        names.count > 1
        && names.contains { name in
          TranscriptRule.isName(Array(name.utf8)[...].trimmed)
        }
      guard isNamed, row.trimmed.text.contains("  ") else { return nil }
      return Flaw(offset: header.startIndex, what: "a table with a column that is not known")
    }
  }

  /// The parts of a line between separators that stand outside of quotes.
  private static func fields(of line: ArraySlice<UInt8>, _ separator: UInt8) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = line.startIndex
    var isQuoted = false
    for place in line.indices {
      if line[place] == 34 { isQuoted.toggle() }
      if line[place] == separator, !isQuoted {
        parts.append(line[start..<place])
        start = place + 1
      }
    }
    return parts + [line[start...]]
  }
}
