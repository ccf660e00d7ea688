import Outcomes

/// A table as Markdown, with numbers to the right.
struct MarkdownTable {
  let title: String
  let note: String
  let header: [String]
  private(set) var rows: [[String]] = []

  init(_ title: String, note: String, header: [String]) {
    self.title = title
    self.note = note
    self.header = header
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
    let lines = ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
    return (["### \(title)", "", note, ""] + lines).joined(separator: "\n")
  }

  /// A share in percent, with twice its standard error.
  static func percent(_ hits: Int, of total: Int) -> String {
    let share = Double(hits) / Double(total)
    let error = 2 * (share * (1 - share) / Double(total)).squareRoot()
    return "\((100 * share).decimals(1)) ± \((100 * error).decimals(1))"
  }
}
