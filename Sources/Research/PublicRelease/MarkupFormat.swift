/// Reads the pages and plots that `report` and `research` write: HTML and SVG of known elements, without scripts, comments or
/// anything that is fetched.
struct MarkupFormat {
  private static let enough = 5
  private static let longestText = 1200
  private static let elements = KnownFields.words(
    """
    html head meta link title style body main header footer section div span p dl dt dd h1 h2 h3 figure figcaption table thead
    tbody tr th td br ul ol li a code pre small strong em b i sup sub abbr details summary time caption col colgroup nav svg
    g rect circle line polyline polygon path text tspan desc defs use clippath lineargradient stop marker pattern
    """)
  private static let attributes = KnownFields.words(
    """
    lang charset name content http-equiv rel href class role id aria-label aria-labelledby aria-hidden aria-describedby scope
    colspan rowspan style xmlns viewbox width height x y x1 x2 y1 y2 cx cy r rx ry d points transform fill stroke opacity
    stroke-width stroke-dasharray fill-opacity font-size text-anchor dominant-baseline tabindex open datetime title offset
    stop-color dx dy preserveaspectratio focusable clip-path
    """)
  private static let empty = ["meta", "link", "br", "col"]

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var open: [String] = []
  private var flaws: [Flaw] = []

  /// The flaws of a file.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var reader = MarkupFormat(bytes)
    reader.read()
    return reader.flaws
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  private mutating func report(_ offset: Int, _ what: String) {
    if flaws.count < MarkupFormat.enough { flaws.append(Flaw(offset: offset, what: what)) }
  }

  private mutating func read() {
    let start = bytes.prefix(200).text.lowercased()
    guard ["<!doctype html>", "<?xml ", "<svg "].contains(where: start.hasPrefix) else {
      return report(bytes.startIndex, "no page or plot")
    }
    while place < bytes.endIndex, flaws.count < MarkupFormat.enough {
      if bytes[place] == 60 { tag() } else { text() }
    }
    if !open.isEmpty { report(bytes.endIndex - 1, "an element that does not end") }
  }

  private mutating func text() {
    let text = bytes[place...].prefix { $0 != 60 }
    place = text.endIndex
    if open.last == "style" { return look(atStyle: text) }
    let plain = MarkupFormat.plain(text)
    if plain[...].trimmed.isEmpty { return }
    if open.last == "th" {
      if let cell = plain[...].trimmed.text as String?, !MarkdownTable.isHeader(cell) {
        report(text.startIndex, "a table with a column that is not known")
      }
    }
    if plain.count > MarkupFormat.longestText, open.last != "desc" { report(text.startIndex, "a long text") }
    let found =
      CommonRules.flaws(in: plain[...], isConfiguration: false) + TranscriptRule.flaws(in: plain[...].trimmed)
      + FragmentRule.flaws(in: plain[...])
    if let what = found.first?.what { report(text.startIndex, what) }
  }

  private mutating func look(atStyle text: ArraySlice<UInt8>) {
    let style = text.text.lowercased()
    if style.contains("url(") || style.contains("@import") || style.contains("/*") {
      report(text.startIndex, "a style that holds more than a style")
    }
  }

  /// The text with the entities that hide letters resolved.
  private static func plain(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(38) else { return Array(text) }
    var result = text.text.replacing(/&#(x[0-9A-Fa-f]{1,6}|[0-9]{1,7});/) { match in
      let number = match.1.first == "x" ? UInt32(match.1.dropFirst(), radix: 16) : UInt32(match.1)
      return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? "?"
    }
    for (entity, character) in [
      ("&hyphen;", "-"), ("&dash;", "-"),
      ("&nbsp;", " "),
      ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"),
    ] { result = result.replacing(entity, with: character) }
    return Array(result.utf8)
  }

  private mutating func tag() {
    let start = place
    if bytes[place...].starts(with: "<!--".utf8) || bytes[place...].starts(with: "<![".utf8) {
      place = bytes.endIndex
      return report(start, "a comment in a page")
    }
    guard let end = endOfTag() else {
      place = bytes.endIndex
      return report(start, "a tag that does not end")
    }
    let inner = bytes[(start + 1)..<end]
    place = end + 1
    if inner.first == 33 || inner.first == 63 {
      if inner.count > 60 { report(start, "a declaration that is not known") }
      return
    }
    element(inner, at: start)
  }

  private func endOfTag() -> Int? {
    var quote: UInt8?
    for place in place..<bytes.endIndex {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == 34 || byte == 39 {
        quote = byte
      } else if byte == 62 {
        return place
      }
    }
    return nil
  }

  private mutating func element(_ inner: ArraySlice<UInt8>, at start: Int) {
    let isEnd = inner.first == 47
    let name = inner.drop { $0 == 47 }.prefix { $0.isLetter || $0.isDigit || $0 == 45 }
    let element = name.text.lowercased()
    guard MarkupFormat.elements.contains(element) else { return report(start, "an element that is not known") }
    if isEnd {
      if open.popLast() != element { report(start, "an end without its element") }
      return
    }
    look(atAttributes: inner[name.endIndex...], at: start)
    if inner.last != 47, !MarkupFormat.empty.contains(element) { open.append(element) }
  }

  private mutating func look(atAttributes text: ArraySlice<UInt8>, at start: Int) {
    var rest = text
    while true {
      rest = rest.drop { $0.isSpace || $0 == 47 }
      guard !rest.isEmpty else { return }
      let name = rest.prefix { !$0.isSpace && $0 != 61 && $0 != 47 }
      rest = rest[name.endIndex...]
      guard MarkupFormat.attributes.contains(name.text.lowercased()) else {
        return report(start, "an attribute that is not known")
      }
      guard rest.first == 61 else { continue }
      guard let quote = rest.dropFirst().first, quote == 34 || quote == 39 else {
        return report(start, "an attribute without quotes")
      }
      let value = rest.dropFirst(2).prefix { $0 != quote }
      rest = rest[min(value.endIndex + 1, rest.endIndex)...]
      let lower = value.text.lowercased()
      if lower.hasPrefix("data:") && lower != "data:," || lower.hasPrefix("javascript:") || lower.contains("url(data") {
        report(start, "data in an attribute")
      }
      if !["d", "points", "viewbox"].contains(name.text.lowercased()), value.count > 400 {
        report(start, "a long attribute")
      }
    }
  }
}
