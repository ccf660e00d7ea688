public import Foundation

extension FileHandle {
  /// The bytes up to the next line's end, as they come.
  public func readLine() throws -> String {
    var line = Data()
    while let byte = try read(upToCount: 1), !byte.isEmpty, byte != Data([10]) { line += byte }
    return String(decoding: line, as: UTF8.self)
  }
}
