import Foundation
import TestSupport

/// A folder as an unpacked release is: the program beside its `Jobs`; and one for its state. Both go with this value.
struct InstalledRelease {
  /// What stands at `/opt/ainfera-labs` on a machine.
  let folder: TemporaryFolder
  /// What stands at `/var/lib/ainfera-labs`.
  let state: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    state = try TemporaryFolder()
    let files = FileManager.default
    try files.copyItem(
      at: Repository.root.appendingPathComponent("Jobs"), to: folder.url.appendingPathComponent("Jobs"))
    try files.createSymbolicLink(
      at: folder.url.appendingPathComponent("ainfera-labs"), withDestinationURL: Repository.program)
  }

  /// A text with the paths of a machine replaced by those of these folders.
  func placed(_ text: String) -> String {
    text.replacing("/opt/ainfera-labs", with: folder.url.path).replacing("/var/lib/ainfera-labs", with: state.url.path)
  }

  /// Writes a password file that libpq takes, and returns its path.
  func writePassword(_ password: String = "planted-password") throws -> String {
    let path = try state.write("*:*:*:ainfera_labs:\(password)\n", to: "pgpass")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  /// The text of one of the files in `Jobs/schedule`.
  static func schedule(_ name: String) throws -> String {
    try String(contentsOf: Repository.root.appendingPathComponent("Jobs/schedule/\(name)"), encoding: .utf8)
  }
}
