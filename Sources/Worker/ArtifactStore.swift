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
    do {
      guard try AtomicFile.isRegularOrMissing(path) else {
        throw RunFailure(
          .tryAgain, "the artifact \(path) is there and is not a regular file; nothing was recorded; remove it")
      }
      try AtomicFile.write(to: path, temporary: version, permissions: 0o600) { write in
        struct WriteFailed: Error {}
        do {
          try artifact.forEachPart { part in if !write(part) { throw WriteFailed() } }
          return true
        } catch {
          return false
        }
      }
    } catch let failure as RunFailure {
      throw failure
    } catch {
      throw RunFailure(.tryAgain, "the artifact \(path) cannot be written: \(error); nothing was recorded")
    }
    return path
  }
}
