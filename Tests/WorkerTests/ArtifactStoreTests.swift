import Foundation
import Glibc
import Policies
import Testing
import Worker

@Suite struct ArtifactStoreTests {
  /// A new folder, removed when the body ends.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func artifact(_ exploration: Double) -> PolicyArtifact {
    PolicyArtifact(.untrained(exploration: exploration))
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : 0
  }

  @Test("only the worker's account may read an artifact, and no temporary file stays")
  func isPrivate() throws {
    try withFolder { folder in
      let store = ArtifactStore(directory: folder.path)
      let path = try store.write(artifact(0.05), version: "1.0.1+0123abcd")
      #expect(mode(path) & 0o7777 == 0o600)
      let again = try store.write(artifact(0.06), version: "1.0.1+0123abcd")
      #expect(try String(contentsOfFile: again, encoding: .utf8) == "{\"cells\":{},\"exploration\":0.06}")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["1.0.1+0123abcd.json"])
    }
  }

  @Test("a link, a folder and a device in the artifact's place are left alone, and so is what the link points at")
  func replacesOnlyFiles() throws {
    try withFolder { folder in
      let target = folder.appendingPathComponent("target")
      try "kept".write(to: target, atomically: true, encoding: .utf8)
      let link = folder.appendingPathComponent("1.0.1+0123abcd.json").path
      #expect(symlink(target.path, link) == 0)
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("1.0.2+0123abcd.json"), withIntermediateDirectories: true)
      #expect(mkfifo(folder.appendingPathComponent("1.0.3+0123abcd.json").path, 0o600) == 0)
      for version in ["1.0.1+0123abcd", "1.0.2+0123abcd", "1.0.3+0123abcd"] {
        let failure = #expect(throws: RunFailure.self) {
          _ = try ArtifactStore(directory: folder.path).write(artifact(0.05), version: version)
        }
        #expect(failure?.status == .tryAgain && failure?.description.contains("not a regular file") == true)
      }
      #expect(try String(contentsOf: target, encoding: .utf8) == "kept")
      #expect(mode(link) & S_IFMT == S_IFLNK)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }
  }

  @Test("old artifacts go but for the newest, those that are needed, and files that are none of ours")
  func removesOld() throws {
    try withFolder { folder in
      let now = 1_800_000_000.0
      func make(_ name: String, daysAgo: Double) throws {
        let path = folder.appendingPathComponent(name).path
        #expect(FileManager.default.createFile(atPath: path, contents: Data()))
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: now - daysAgo * 86_400)], ofItemAtPath: path)
      }
      for patch in 1...6 { try make("1.0.\(patch)+0123abcd.json", daysAgo: Double(10 - patch)) }
      let others = [
        "notes.json", "1.0.9.json", "1.0.9+0123abcd.json.bak", ".hidden.tmp", "x.tmp", ".1.0.9+0123abcd.zz.tmp",
        "1.0.9+0123ABCD.json",
      ]
      for name in others { try make(name, daysAgo: 500) }
      try make(".1.0.9+0123abcd.12f.tmp", daysAgo: 2)
      try make(".1.0.9+0123abcd.130.tmp", daysAgo: 0.5)
      #expect(symlink("notes.json", folder.appendingPathComponent("0.0.1+0123abcd.json").path) == 0)
      let failures = ArtifactStore(directory: folder.path).removeOld(
        keeping: 2, needed: ["1.0.2+0123abcd", "1.0.5+0123abcd"], now: now)
      #expect(failures.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      let kept = [
        "1.0.2+0123abcd.json", "1.0.5+0123abcd.json", "1.0.6+0123abcd.json", ".1.0.9+0123abcd.130.tmp",
        "0.0.1+0123abcd.json",
      ]
      #expect(Set(left) == Set(others + kept))
    }
  }

  @Test("a folder that cannot be read is told, and nothing fails")
  func missingFolder() {
    let failures = ArtifactStore(directory: "/nowhere").removeOld(keeping: 1, needed: [], now: 0)
    #expect(failures.count == 1 && failures[0].hasPrefix("/nowhere: "))
  }
}
