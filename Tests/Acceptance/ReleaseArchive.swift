import Foundation
import TestSupport

/// An archive that `Jobs/release` made of the program of this build, once for all tests; it goes with the process.
struct ReleaseArchive {
  /// Its path.
  let archive: String
  /// Its hash, as the file beside it has it.
  let sha256: String

  static let made: Result<ReleaseArchive, any Error> = Result { try ReleaseArchive() }

  /// Options by which `swift package` finds this build's packages, although the test run holds the build's lock.
  static let packageOptions = [
    "--ignore-lock", "--disable-sandbox", "--scratch-path",
    Repository.program.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path,
  ]

  private static let folder = Result { try TemporaryFolder() }

  private init() throws {
    let folder = try ReleaseArchive.folder.get().url
    let environment = ProcessInfo.processInfo.environment.merging([
      "LABS_BINARY": Repository.program.path, "LABS_SBOM_OPTIONS": ReleaseArchive.packageOptions.joined(separator: " "),
    ]) { _, new in new }
    let release = try Program(
      running: Repository.root.appendingPathComponent("Jobs/release").path, ["1.2.3", folder.path],
      environment: environment)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    guard release.status == 0, files.count == 2 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSDebugDescriptionErrorKey: release.errors])
    }
    archive = folder.appendingPathComponent(files[0]).path
    sha256 = String(try String(contentsOf: folder.appendingPathComponent(files[1]), encoding: .utf8).prefix(64))
    atexit {
      if case .success(let folder) = ReleaseArchive.folder { try? FileManager.default.removeItem(at: folder.url) }
    }
  }
}
