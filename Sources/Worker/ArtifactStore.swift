internal import Glibc

/// A folder of policy artifacts, `<version>.json`, each written whole or not at all.
public struct ArtifactStore: Sendable {
  private let directory: String

  /// Makes a store in this folder, which must exist.
  public init(directory: String) { self.directory = directory }

  /// Writes an artifact: to a temporary name, synced, then renamed, then the folder synced.
  /// - Returns: the path.
  /// - Throws: `RunFailure` with status 75.
  public func write(_ bytes: [UInt8], version: String) throws(RunFailure) -> String {
    let path = "\(directory)/\(version).json"
    let temporary = "\(directory)/.\(version).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(temporary) }
    var isWritten = writeAll(bytes, to: file)
    isWritten = isWritten && fsync(file) == 0
    let reason = errno
    isWritten = close(file) == 0 && isWritten
    guard isWritten, rename(temporary, path) == 0 else {
      let failure = failure(path, isWritten ? errno : reason)
      unlink(temporary)
      throw failure
    }
    syncDirectory()
    return path
  }

  private func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(written)
    }
    return true
  }

  private func syncDirectory() {
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private func failure(_ path: String, _ number: Int32 = errno) -> RunFailure {
    RunFailure(
      .tryAgain, "the artifact \(path) cannot be written: \(String(cString: strerror(number))); nothing was recorded")
  }
}
