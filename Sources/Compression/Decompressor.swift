internal import CZlib

/// Reads one zlib stream (RFC 1950) as its bytes come.
public struct Decompressor: ~Copyable {
  private static let part = 65_536

  private let stream: UnsafeMutablePointer<z_stream>
  private let limit: Int
  private var length = 0
  private var isAtEnd = false

  /// Makes a decompressor.
  /// - Parameter limit: how many bytes a stream may hold, so that a small one cannot fill the memory or run for ever.
  public init(limit: Int) {
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = labs_inflate_init(stream)
    precondition(status == Z_OK, "zlib has no memory for a stream")
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Takes these bytes of the stream and calls `body` with what they hold, in parts.
  /// - Throws: `CompressionError`, and what `body` throws.
  public mutating func append(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
    precondition(bytes.count <= Int(UInt32.max))
    guard !bytes.isEmpty else { return }
    guard !isAtEnd else { throw CompressionError.corrupted("more follows the end of the stream") }
    try bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      defer { stream.pointee.next_in = nil }
      var isFull = true
      while isFull, !isAtEnd {
        let part = try next()
        isFull = part.count == Decompressor.part
        length += part.count
        guard length <= limit else { throw CompressionError.tooLarge(limit: limit) }
        if !part.isEmpty { try body(part) }
      }
      guard stream.pointee.avail_in == 0 else {
        throw CompressionError.corrupted("more follows the end of the stream")
      }
    }
  }

  private mutating func next() throws -> [UInt8] {
    var status: Int32 = Z_OK
    let part = [UInt8](unsafeUninitializedCapacity: Decompressor.part) { output, count in
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(Decompressor.part)
      status = inflate(stream, Z_NO_FLUSH)
      count = Decompressor.part - Int(stream.pointee.avail_out)
    }
    // Z_BUF_ERROR says that the bytes are used up, and there is nothing to write.
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw CompressionError.corrupted(stream.pointee.msg.map { String(cString: $0) } ?? "zlib answered \(status)")
    }
    isAtEnd = status == Z_STREAM_END
    return part
  }

  /// Says that no more bytes come.
  /// - Throws: `CompressionError.truncated` unless the stream has ended, whose checksum was then right.
  public func finish() throws(CompressionError) {
    guard isAtEnd else { throw .truncated }
  }
}

/// Why a compressed stream cannot be read.
public enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// The bytes are no zlib stream, or its checksum is wrong.
  case corrupted(String)
  /// The stream ends early.
  case truncated
  /// The stream holds more than this many bytes.
  case tooLarge(limit: Int)

  /// One phrase.
  public var description: String {
    switch self {
    case .corrupted(let reason): "the compressed bytes are damaged: \(reason)"
    case .truncated: "the compressed bytes end early"
    case .tooLarge(let limit): "the compressed bytes hold more than \(limit) bytes"
    }
  }
}
