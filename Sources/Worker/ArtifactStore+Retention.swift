public import Foundation
internal import Glibc
internal import Policies

extension ArtifactStore {
  /// How many days an artifact is kept after its version served.
  static let servedDays = 90.0
  /// After how many seconds a temporary file is taken to have no writer.
  private static let orphanSeconds = 86_400.0

  /// Removes all artifacts but the newest and those that are needed, and temporary files that a run left behind more than a
  /// day ago. Whatever else is in the folder stays.
  /// - Parameters:
  ///   - count: how many of the newest are kept.
  ///   - needed: versions whose artifacts are kept whatever their age.
  ///   - now: the time, in seconds since 1970.
  /// - Returns: the paths that could not be removed, each with the reason; the folder's where it cannot be read.
  public func removeOld(keeping count: Int, needed: Set<String>, now: Double = Date().timeIntervalSince1970) -> [String]
  {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      return ["\(directory): \(error.localizedDescription)"]
    }
    let files = names.compactMap { name in modification(of: name).map { (name: name, time: $0) } }
    let artifacts = files.filter { ArtifactStore.version(ofArtifact: $0.name) != nil }
      .sorted { ($1.time, $1.name) < ($0.time, $0.name) }
    let old = artifacts.dropFirst(count).filter { file in
      !needed.contains(ArtifactStore.version(ofArtifact: file.name) ?? "")
    }
    let orphans = files.filter {
      ArtifactStore.isTemporary($0.name) && $0.time < now - ArtifactStore.orphanSeconds
    }
    return (old + orphans).compactMap { file in
      let path = "\(directory)/\(file.name)"
      return unlink(path) == 0 ? nil : "\(path): \(String(cString: strerror(errno)))"
    }
  }

  /// When a file was changed, in seconds since 1970; nil of what is no regular file.
  private func modification(of name: String) -> Double? {
    var status = stat()
    guard lstat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Double(status.st_mtim.tv_sec)
  }

  /// The version of `<version>.json`; nil of any other name.
  private static func version(ofArtifact name: String) -> String? {
    guard name.hasSuffix(".json") else { return nil }
    return (try? PolicyVersion(String(name.dropLast(5))))?.description
  }

  /// Whether the name is that of a temporary file of ours, `.<version>.<hexadecimal>.tmp`.
  private static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(".tmp") else { return false }
    let parts = name.dropFirst().dropLast(4).split(separator: ".", omittingEmptySubsequences: false)
    guard let random = parts.last, UInt64(random, radix: 16) != nil else { return false }
    return (try? PolicyVersion(parts.dropLast().joined(separator: "."))) != nil
  }
}
