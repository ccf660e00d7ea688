/// Finds data inside of other text: a literal in code, the body of a shell document, a block in Markdown. Rows and objects
/// that are read as such must have known columns and keys.
enum FragmentRule {

  /// - Parameter isCode: whether the text stands in code, which may have any value under a known key.
  static func flaws(in text: ArraySlice<UInt8>, isCode: Bool = false) -> [Flaw] {
    guard text.count > 8 else { return [] }
    return objects(in: text, isCode) + RowsRule.flaws(in: text, isCode: isCode)
      + MarkdownTable.flaws(ofQueryResult: text)
      + SQLFormat.flaws(ofInsertsIn: text)
  }

  /// Objects of JSON with a key that is not known.
  private static func objects(in text: ArraySlice<UInt8>, _ isCode: Bool) -> [Flaw] {
    var found: [Flaw] = []
    var place = text.startIndex
    var isScanned = false
    while let start = text[place...].firstIndex(where: { $0 == 123 || $0 == 91 }) {
      place = start + 1
      let next = text[place...].drop { $0.isSpace }.first
      guard next == 34 || next == 39 || text[start] == 91 && next == 123 else { continue }
      var reader = JSONFormat(text[start...], keys: keys(for: text), isPart: true, checksValues: !isCode)
      if let end = reader.endOfValue() {
        // An array of strings is no object.
        if text[start..<end].contains(58) { found += reader.flaws.prefix(1) }
        place = end
      } else if !isScanned {
        isScanned = true
        if let key = unknownTextKey(in: text[start...]) {
          found.append(Flaw(offset: key, what: "a key that is not known"))
        }
      }
    }
    return found
  }

  private static func keys(for text: ArraySlice<UInt8>) -> [String: ValueForm] {
    text.text.contains("\"_label") ? KnownFields.decisionKeys : KnownFields.keys
  }

  /// The first `"key": "two words` in what is no whole object, with a key that is not known.
  private static func unknownTextKey(in text: ArraySlice<UInt8>) -> Int? {
    var place = text.startIndex
    while let open = text[place...].firstIndex(where: { $0 == 34 || $0 == 39 }) {
      let quote = text[open]
      let key = text[(open + 1)...].prefix { $0 != quote && $0 != 10 }
      place = min(key.endIndex + 1, text.endIndex)
      let colon = text[place...].drop { $0.isSpace }
      guard !key.isEmpty, colon.first == 58 else { continue }
      let value = colon.dropFirst().drop { $0.isSpace }
      guard value.first == quote, KnownFields.keys[key.text] == nil else { continue }
      if value.dropFirst().prefix(while: { $0 != quote }).trimmed.contains(32) { return open }
    }
    return nil
  }
}
