import Foundation
import Testing

@testable import Worker

/// A file that is written whole or not at all.
@Suite struct AtomicFileTests {
  private let folder: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("labs-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

  @Test("a regular file is replaced, a missing one made, with exactly these permissions, and nothing else is left")
  func writes() throws {
    let path = folder + "/file"
    for (text, mode) in [("one", mode_t(0o600)), ("other", 0o644)] {
      try AtomicFile.write(Array(text.utf8), to: path, permissions: mode)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == Int(mode))
    }
    let long = folder + "/" + String(repeating: "n", count: 255)
    try AtomicFile.write([1], to: long, permissions: nil)
    #expect(try names() == ["file", String(repeating: "n", count: 255)])
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test("a pipe, a folder and a symbolic link are left as they are")
  func refuses() throws {
    let paths = ["pipe", "folder", "link"].map { "\(folder)/\($0)" }
    #expect(mkfifo(paths[0], 0o600) == 0 && mkdir(paths[1], 0o700) == 0 && symlink("file", paths[2]) == 0)
    for path in paths + ["\(folder)/"] {
      #expect(throws: AtomicFile.Failure.self, "\(path)") { try AtomicFile.write([1], to: path, permissions: nil) }
    }
    #expect(try !AtomicFile.isRegularOrMissing("/dev/full") && AtomicFile.isRegularOrMissing("\(folder)/none"))
    #expect(try names() == ["folder", "link", "pipe"])
    try FileManager.default.removeItem(atPath: folder)
  }
}
