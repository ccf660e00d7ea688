/// Reads CSV (RFC 4180) whole: every column is known, and every value has its column's form.
struct TableFormat {
  private static let enough = 5

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var fields: [ArraySlice<UInt8>] = []

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  /// The flaws of a file.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var reader = TableFormat(bytes)
    return reader.read()
  }

  /// Whether the names are columns that a table of ours has.
  static func isHeader(_ names: [ArraySlice<UInt8>]) -> Bool {
    !names.isEmpty && Set(names).count == names.count && names.allSatisfy { KnownFields.columns[$0.text] != nil }
  }

  private mutating func read() -> [Flaw] {
    guard nextRecord(), TableFormat.isHeader(fields) else {
      return [Flaw(offset: bytes.startIndex, what: "a table with a column that is not known")]
    }
    // Outcomes that do not say where they come from count as production's.
    let names = Set(fields.map(\.text))
    if names.contains("chosen_model_slug"), !names.contains("source") {
      return [Flaw(offset: bytes.startIndex, what: "outcomes without the column source")]
    }
    let forms = fields.map { KnownFields.columns[$0.text] ?? .number }
    var found: [Flaw] = []
    while place < bytes.endIndex, found.count < TableFormat.enough {
      let start = place
      guard nextRecord() else { return found + [Flaw(offset: start, what: "no CSV from here on")] }
      if fields.count == 1, fields[0].isEmpty { continue }
      guard fields.count == forms.count else {
        found.append(Flaw(offset: start, what: "a row with another number of fields than the header"))
        continue
      }
      if !zip(fields, forms).allSatisfy({ $1.accepts($0) }) {
        found.append(Flaw(offset: start, what: "a value that its column does not have"))
      }
    }
    return found
  }

  /// Reads the fields up to the line's end; false where they are no CSV.
  private mutating func nextRecord() -> Bool {
    fields.removeAll(keepingCapacity: true)
    while true {
      guard let field = place < bytes.endIndex && bytes[place] == 34 ? quoted() : plain() else { return false }
      fields.append(field)
      guard place < bytes.endIndex else { return true }
      let end = bytes[place]
      place += 1
      if end == 10 { return true }
      if end == 13 {
        guard place < bytes.endIndex, bytes[place] == 10 else { return false }
        place += 1
        return true
      }
      if end != 44 { return false }
    }
  }

  private mutating func plain() -> ArraySlice<UInt8>? {
    let start = place
    while place < bytes.endIndex, bytes[place] != 44, bytes[place] != 10, bytes[place] != 13 {
      if bytes[place] == 34 { return nil }
      place += 1
    }
    return bytes[start..<place]
  }

  private mutating func quoted() -> ArraySlice<UInt8>? {
    place += 1
    var text: [UInt8] = []
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      if byte != 34 {
        text.append(byte)
      } else if place < bytes.endIndex, bytes[place] == 34 {
        text.append(34)
        place += 1
      } else {
        return text[...]
      }
    }
    return nil
  }
}
