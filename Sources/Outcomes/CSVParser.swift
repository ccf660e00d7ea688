/// Splits CSV (RFC 4180) into records, as a stream: fields may be quoted, quotes within are doubled, lines end with CRLF
/// or LF. A record's storage is used again for the next one.
public struct CSVParser: RecordParser {
  private enum State {
    case start, plain, quoted, quoteInQuoted, carriageReturn, faulty
  }

  private var state = State.start
  private var isRecordOpen = false
  private var record = DatasetRecord()
  private var line = 1

  /// Makes a parser at the start of a file.
  public init() {}

  /// Reads on, and gives each record that ends within the chunk.
  /// - Throws: what `body` throws. A record that is no CSV is given as one that cannot be read.
  public mutating func parse(_ chunk: [UInt8], _ body: (DatasetRecord) throws -> Void) throws {
    var place = 0
    while place < chunk.count {
      if state == .plain || state == .quoted { place = copyRun(chunk, from: place) }
      guard place < chunk.count else { return }
      let byte = chunk[place]
      place += 1
      switch state {
      case .start: try open(byte, body)
      case .plain: try plain(byte, body)
      case .quoted:
        if byte == UInt8(ascii: "\"") { state = .quoteInQuoted } else { append(byte) }
      case .quoteInQuoted:
        if byte == UInt8(ascii: "\"") {
          append(byte)
          state = .quoted
        } else {
          try afterQuote(byte, body)
        }
      case .carriageReturn:
        if byte == 10 { try end(body) } else { giveUp("a bare carriage return") }
      case .faulty: if byte == 10 { try end(body) }
      }
      if byte == 10 { line += 1 }
    }
  }

  /// Gives the last record, where the file does not end with a line's end.
  /// - Throws: `DatasetError` where the file ends within quotes, and what `body` throws.
  public mutating func finish(_ body: (DatasetRecord) throws -> Void) throws {
    guard state != .quoted else { throw DatasetError(line: line, column: nil, reason: "the file ends within quotes") }
    if isRecordOpen { try end(body) }
  }

  private mutating func afterQuote(_ byte: UInt8, _ body: (DatasetRecord) throws -> Void) throws {
    if [UInt8(ascii: ","), 10, 13].contains(byte) {
      try plain(byte, body)
    } else {
      giveUp("a quoted field goes on after its closing quote")
    }
  }

  /// Leaves the record at the end of this line.
  private mutating func giveUp(_ reason: String) {
    record.fault = DatasetError(line: line, column: nil, reason: reason)
    state = .faulty
  }

  /// Takes bytes that mean nothing, up to the next one that does, and returns its place.
  private mutating func copyRun(_ chunk: [UInt8], from start: Int) -> Int {
    var place = start
    if state == .quoted {
      while place < chunk.count, chunk[place] != UInt8(ascii: "\""), chunk[place] != 10 { place += 1 }
    } else {
      while place < chunk.count, chunk[place] != UInt8(ascii: ","), chunk[place] != 10, chunk[place] != 13 {
        place += 1
      }
    }
    record.append(chunk[start..<place])
    return place
  }

  private mutating func append(_ byte: UInt8) { record.append(byte) }

  private mutating func open(_ byte: UInt8, _ body: (DatasetRecord) throws -> Void) throws {
    if !isRecordOpen {
      record.line = line
      // An empty line is no record.
      if byte == 10 || byte == 13 { return }
      isRecordOpen = true
    }
    if byte == UInt8(ascii: "\"") {
      state = .quoted
    } else {
      state = .plain
      try plain(byte, body)
    }
  }

  private mutating func plain(_ byte: UInt8, _ body: (DatasetRecord) throws -> Void) throws {
    switch byte {
    case UInt8(ascii: ","):
      record.endField()
      state = .start
    case 10: try end(body)
    case 13: state = .carriageReturn
    default: append(byte)
    }
  }

  private mutating func end(_ body: (DatasetRecord) throws -> Void) throws {
    record.endField()
    try body(record)
    record.removeAll()
    state = .start
    isRecordOpen = false
  }
}
