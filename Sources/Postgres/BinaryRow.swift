/// A cursor over the fields of one row of a binary COPY. Every length is checked before a byte is read.
public struct BinaryRow: ~Copyable {
  private let bytes: UnsafeRawBufferPointer
  private var offset: Int
  private var column = 0

  init(_ bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  var isAtEnd: Bool { offset == bytes.count }

  func malformed(_ what: String) -> PostgresError {
    PostgresError(.malformedRow, message: "malformed COPY row: \(what) in column \(column + 1) at offset \(offset)")
  }

  @inline(__always)
  static func load<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Number {
    Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// The length of the next field, which the row is known to hold; nil for NULL.
  @inline(__always)
  private mutating func nextLength() throws(PostgresError) -> Int? {
    guard bytes.count - offset >= 4 else { throw malformed("the row ends before the length") }
    let length: Int32 = BinaryRow.load(bytes, offset)
    offset += 4
    if length == -1 {
      column += 1
      return nil
    }
    guard length >= 0, Int(length) <= bytes.count - offset else { throw malformed("a length of \(length)") }
    return Int(length)
  }

  @inline(__always)
  private mutating func next<Number: FixedWidthInteger>() throws(PostgresError) -> Number? {
    guard let length = try nextLength() else { return nil }
    guard length == MemoryLayout<Number>.size else {
      throw malformed("\(length) bytes where \(MemoryLayout<Number>.size) are expected")
    }
    let value: Number = BinaryRow.load(bytes, offset)
    offset += length
    column += 1
    return value
  }

  /// The next field, a `float8`.
  @inline(__always)
  public mutating func double() throws(PostgresError) -> Double? {
    let pattern: UInt64? = try next()
    return pattern.map { Double(bitPattern: $0) }
  }

  /// The next field, an `int4`.
  @inline(__always)
  public mutating func integer() throws(PostgresError) -> Int? {
    let value: Int32? = try next()
    return value.map { Int($0) }
  }

  /// The next field, a `bool`.
  @inline(__always)
  public mutating func boolean() throws(PostgresError) -> Bool? {
    let value: UInt8? = try next()
    return value.map { $0 != 0 }
  }

  /// Calls `body` with the bytes of the next field, text or bytea; nil for NULL.
  @inline(__always)
  public mutating func bytes<Result>(_ body: (Span<UInt8>) -> Result) throws(PostgresError) -> Result? {
    guard let length = try nextLength() else { return nil }
    let field = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    offset += length
    column += 1
    return field.withMemoryRebound(to: UInt8.self) { body(Span(_unsafeElements: $0)) }
  }
}
