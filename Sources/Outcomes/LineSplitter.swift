/// Splits a stream of bytes into lines, which end with LF or CRLF.
public struct LineSplitter {
  private var rest: [UInt8] = []
  private var line = 0

  /// Makes a splitter at the start of a file.
  public init() {}

  /// Gives each line that ends within the chunk, with its number from 1.
  public mutating func split(_ chunk: [UInt8], _ body: (ArraySlice<UInt8>, Int) throws -> Void) rethrows {
    var start = 0
    while let end = chunk[start...].firstIndex(of: 10) {
      line += 1
      if rest.isEmpty {
        try body(LineSplitter.trimmed(chunk[start..<end]), line)
      } else {
        rest += chunk[start..<end]
        try body(LineSplitter.trimmed(rest[...]), line)
        rest.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    rest += chunk[start...]
  }

  /// Gives the last line, where the file does not end with a line's end.
  public mutating func finish(_ body: (ArraySlice<UInt8>, Int) throws -> Void) rethrows {
    guard !rest.isEmpty else { return }
    line += 1
    try body(LineSplitter.trimmed(rest[...]), line)
    rest.removeAll()
  }

  /// Whether there is nothing on a line but spaces and tabs.
  static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 == 32 || $0 == 9 } }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == 13 ? line.dropLast() : line
  }
}
