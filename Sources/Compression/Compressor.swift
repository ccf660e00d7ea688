internal import CZlib

/// Compresses bytes into one zlib stream (RFC 1950) as they come.
public struct Compressor: ~Copyable {
  private static let part = 65_536

  private let stream: UnsafeMutablePointer<z_stream>

  /// Makes a compressor.
  /// - Parameter level: from 1, the fastest, to 9, the smallest.
  public init(level: Int) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = labs_deflate_init(stream, Int32(level))
    precondition(status == Z_OK, "zlib has no memory for a stream of level \(level)")
  }

  deinit {
    deflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Compresses these bytes; what is complete of the stream is added to `result`.
  public mutating func append(_ bytes: [UInt8], to result: inout [UInt8]) { run(bytes, Z_NO_FLUSH, &result) }

  /// Ends the stream.
  public consuming func finish(to result: inout [UInt8]) { run([], Z_FINISH, &result) }

  private func run(_ bytes: [UInt8], _ flush: Int32, _ result: inout [UInt8]) {
    precondition(bytes.count <= Int(UInt32.max))
    bytes.withUnsafeBufferPointer { input in
      // zlib does not write here, but its header does not say so.
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      var isFull = true
      while isFull {
        let part = [UInt8](unsafeUninitializedCapacity: Compressor.part) { output, count in
          stream.pointee.next_out = output.baseAddress
          stream.pointee.avail_out = UInt32(Compressor.part)
          let status = deflate(stream, flush)
          precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "zlib answered \(status)")
          count = Compressor.part - Int(stream.pointee.avail_out)
        }
        isFull = part.count == Compressor.part
        result += part
      }
      stream.pointee.next_in = nil
    }
  }
}
