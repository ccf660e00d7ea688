internal import Foundation

/// What gzip has compressed.
enum GzipFile {
  /// What cannot be looked into.
  enum Failure: Error {
    case noGzip, tooLarge, damaged
  }

  private static let largest = 1 << 30
  private static let chunk = 1 << 20

  /// The bytes of a compressed file, and the name that is stored in it.
  /// - Throws: `Failure`, or why `gzip` cannot be run.
  static func contents(of bytes: [UInt8]) throws -> (name: String?, bytes: [UInt8]) {
    // Of the parts that a header may have only the name is known; a comment or a field of its own may hold anything.
    guard bytes.starts(with: [0x1f, 0x8b, 8]), bytes.count > 18, bytes[3] & ~9 == 0 else { throw Failure.noGzip }
    let name = bytes[3] & 8 == 0 ? nil : bytes[10...].prefix { $0 != 0 }.text
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("labs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("compressed")
    try Data(bytes).write(to: file)
    let process = ToolProcess("gzip", ["-dc"], input: try FileHandle(forReadingFrom: file))
    try process.start()
    var result: [UInt8] = []
    while let next = try process.read(upTo: chunk) {
      result += next
      if result.count > largest {
        process.end()
        throw Failure.tooLarge
      }
    }
    guard process.finish() else { throw Failure.damaged }
    return (name, result)
  }
}
