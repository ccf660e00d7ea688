internal import Glibc
public import Policies

/// A folder of policy artifacts, `<version>.json`, each written whole or not at all.
public struct ArtifactStore: Sendable {
  let directory: String

  /// Makes a store in this folder, which must exist.
  public init(directory: String) { self.directory = directory }

  /// Writes an artifact that only the worker's account may read, for cells name tenants: to a temporary name that nobody can
  /// foresee, synced, then renamed, then the folder synced.
  /// - Returns: the path.
  /// - Throws: `RunFailure` with status 75.
  public func write(_ artifact: PolicyArtifact, version: String) throws(RunFailure) -> String {
    let path = "\(directory)/\(version).json"
    try requireReplaceable(path)
    let temporary = "\(directory)/.\(version).\(ArtifactStore.randomName()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(temporary) }
    var isWritten = writeAll(artifact, to: file) && fsync(file) == 0
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

  /// What stands at the path may only be replaced if it is a file, not a link or a device.
  private func requireReplaceable(_ path: String) throws(RunFailure) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    throw RunFailure(
      .tryAgain, "the artifact \(path) is there and is not a regular file; nothing was recorded; remove it")
  }

  private static func randomName() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

  private func writeAll(_ artifact: PolicyArtifact, to file: Int32) -> Bool {
    struct WriteFailed: Error {}
    do {
      try artifact.forEachPart { part in
        guard writeAll(part, to: file) else { throw WriteFailed() }
      }
      return true
    } catch {
      return false
    }
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
