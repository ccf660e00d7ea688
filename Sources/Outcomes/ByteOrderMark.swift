/// The mark that some programs write at the front of a text file, which is no part of its first name.
public enum ByteOrderMark {
  /// The mark of UTF-8.
  private static let utf8: [UInt8] = [0xef, 0xbb, 0xbf]

  /// The bytes without the mark at their front.
  public static func skipped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.starts(with: utf8) ? Array(bytes.dropFirst(utf8.count)) : bytes
  }

  /// A stream without the mark at its front, wherever its parts are cut.
  /// - Throws: when the stream is read, what `next` throws, and `DatasetError` of a text in UTF-16.
  public static func skipped(_ next: @escaping () throws -> [UInt8]?) -> () throws -> [UInt8]? {
    var isFront = true
    return {
      guard isFront else { return try next() }
      isFront = false
      var front: [UInt8] = []
      while front.count < utf8.count, let chunk = try next() { front += chunk }
      guard !front.starts(with: [0xff, 0xfe]), !front.starts(with: [0xfe, 0xff]) else {
        throw DatasetError(line: 1, column: nil, reason: "the text is in UTF-16; write it in UTF-8")
      }
      return front.isEmpty ? nil : skipped(front)
    }
  }
}
