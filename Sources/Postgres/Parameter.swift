/// A value for a placeholder of a statement.
public enum Parameter: Sendable {
  /// A text, or NULL.
  case text(String?)
  /// A text, as UTF-8.
  case utf8([UInt8])
  /// What the server's type reads in its binary format: of `bytea` the bytes themselves.
  case binary([UInt8])

  /// 1 where the value is in the binary format, else 0.
  var format: Int32 {
    if case .binary = self { return 1 }
    return 0
  }

  /// The bytes as libpq takes them, a text with a 0 behind it; nil of NULL.
  private var bytes: [UInt8]? {
    switch self {
    case .text(let text): text.map { Array($0.utf8) + [0] }
    case .utf8(let text): text + [0]
    case .binary(let bytes): bytes
    }
  }

  /// The bytes that the server gets.
  private var length: Int {
    switch self {
    case .text(let text): text?.utf8.count ?? 0
    case .utf8(let bytes), .binary(let bytes): bytes.count
    }
  }

  /// Calls `body` with pointers to the values and their lengths, which are good as long as it runs.
  static func withPointers<Result>(
    _ values: [Parameter], _ body: ([UnsafePointer<CChar>?], [Int32]) -> Result
  ) -> Result {
    withPointers(values[...], [], values.map { Int32(clamping: $0.length) }, body)
  }

  private static func withPointers<Result>(
    _ rest: ArraySlice<Parameter>, _ pointers: [UnsafePointer<CChar>?], _ lengths: [Int32],
    _ body: ([UnsafePointer<CChar>?], [Int32]) -> Result
  ) -> Result {
    guard let value = rest.first else { return body(pointers, lengths) }
    guard let bytes = value.bytes else { return withPointers(rest.dropFirst(), pointers + [nil], lengths, body) }
    return bytes.withUnsafeBytes { buffer in
      // An empty value is not NULL, but an empty buffer has no address.
      guard let start = buffer.baseAddress, !buffer.isEmpty else {
        return withUnsafePointer(to: CChar(0)) { withPointers(rest.dropFirst(), pointers + [$0], lengths, body) }
      }
      return withPointers(
        rest.dropFirst(), pointers + [start.assumingMemoryBound(to: CChar.self)], lengths, body)
    }
  }
}
