import Compression
import Testing

@Suite struct CompressionTests {
  static func compressed(_ parts: [[UInt8]], level: Int = 6) -> [UInt8] {
    var compressor = Compressor(level: level)
    var result: [UInt8] = []
    for part in parts { compressor.append(part, to: &result) }
    compressor.finish(to: &result)
    return result
  }

  static func decompressed(_ bytes: [UInt8], limit: Int = 1 << 30, part: Int = .max) throws -> [UInt8] {
    var decompressor = Decompressor(limit: limit)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: min(part, max(bytes.count, 1))) {
      try decompressor.append(Array(bytes[start..<min(bytes.count, start + min(part, bytes.count))])) { result += $0 }
    }
    try decompressor.finish()
    return result
  }

  /// Bytes that do not compress well, from a linear congruence.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
  }

  @Test(
    "what is compressed is read back, whatever its size and parts", arguments: [0, 1, 65_535, 65_536, 65_537, 400_000])
  func roundTrip(count: Int) throws {
    for bytes in [CompressionTests.noise(count), [UInt8](repeating: 7, count: count)] {
      let whole = CompressionTests.compressed([bytes])
      #expect(try CompressionTests.decompressed(whole) == bytes)
      let split = CompressionTests.compressed([Array(bytes.prefix(count / 3)), [], Array(bytes.dropFirst(count / 3))])
      #expect(split == whole)
      #expect(try CompressionTests.decompressed(whole, part: 1000) == bytes)
    }
  }

  @Test("a stream that ends early is refused at every length")
  func truncated() {
    let whole = CompressionTests.compressed([Array("a policy of some length, a policy".utf8)])
    for length in 0..<whole.count {
      #expect(throws: CompressionError.truncated, "\(length)") {
        try CompressionTests.decompressed(Array(whole.prefix(length)))
      }
    }
  }

  @Test("a stream with a changed byte, or with bytes behind it, is refused")
  func corrupted() {
    let bytes = CompressionTests.noise(300)
    let whole = CompressionTests.compressed([bytes])
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 0x55
      #expect(throws: CompressionError.self, "\(place)") { try CompressionTests.decompressed(changed) }
    }
    #expect(throws: CompressionError.self) { try CompressionTests.decompressed(whole + [0]) }
    #expect(throws: CompressionError.self) { try CompressionTests.decompressed(whole + [0], part: whole.count) }
    #expect(throws: CompressionError.self) { try CompressionTests.decompressed(Array("no stream".utf8)) }
  }

  @Test("a small stream that holds much is given up at the limit")
  func bomb() {
    let bomb = CompressionTests.compressed([[UInt8](repeating: 0, count: 20_000_000)])
    #expect(bomb.count < 30_000)
    var seen = 0
    var decompressor = Decompressor(limit: 1_000_000)
    #expect(throws: CompressionError.tooLarge(limit: 1_000_000)) {
      try decompressor.append(bomb) { seen += $0.count }
    }
    #expect(seen <= 1_000_000)
  }
}
