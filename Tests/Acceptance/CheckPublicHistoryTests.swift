import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct CheckPublicHistoryTests {
  private static let environment = [
    "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
  ]

  private let folder: TemporaryFolder
  private var path: String { folder.url.path }

  init() throws {
    folder = try TemporaryFolder()
    try git("init", "--quiet", "--initial-branch=main")
    _ = try folder.write("# Notes\n", to: "notes.md")
    try commit("Notes")
  }

  @discardableResult private func git(_ arguments: String...) throws -> String {
    let ended = try Program(
      running: "/usr/bin/env", ["git", "-C", path] + arguments, environment: CheckPublicHistoryTests.environment)
    #expect(ended.status == 0, "\(arguments): \(ended.errors)")
    return ended.output
  }

  private func commit(_ message: String) throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--message", message)
  }

  private func leaked(to name: String = "data.csv") throws -> String {
    let object = try folder.write(LeakingShape.rows, to: name)
    return String(try git("hash-object", object).prefix(10))
  }

  private func check(_ arguments: String...) throws -> Program {
    try Program(["check-public", path] + arguments, environment: ["PATH": "/usr/bin:/bin"])
  }

  @Test("a clean history passes")
  func clean() throws {
    let passed = try check()
    #expect(passed.status == 0 && passed.output == "" && passed.errors == "", "\(passed.output)")
  }

  @Test("a leak that a later commit deleted is found, by its path and its object")
  func deleted() throws {
    let object = try leaked()
    try commit("Data")
    try git("rm", "--quiet", "data.csv")
    try commit("No data")
    let stopped = try check()
    #expect(stopped.status == 65)
    #expect(stopped.output == "\(path)/data.csv:1: a table with a column that is not known, in git object \(object)\n")
    #expect(!(stopped.output + stopped.errors).contains("SECRET"))
    #expect(try check("--allow", path + "/data.csv").status == 0)
  }

  @Test("a file that was renamed is looked at by each name that it had")
  func renamed() throws {
    _ = try folder.write("created_at,judge_score\n2026-01-01,4\n", to: "scores.csv")
    try commit("Scores")
    try git("mv", "scores.csv", "scores.bin")
    try commit("Renamed")
    try git("rm", "--quiet", "scores.bin")
    try commit("Gone")
    #expect(try check().output.contains("scores.bin: a file of no known format, in git object "))
  }

  @Test("what stands on another branch, in a tag, in the stash, or in no commit at all is found")
  func elsewhere() throws {
    try git("checkout", "--quiet", "-b", "other")
    _ = try leaked()
    try commit("Data")
    try git("checkout", "--quiet", "main")
    #expect(try check().output.contains("/data.csv:1: "))
    try git("branch", "--quiet", "-D", "other")
    #expect(try check().output.contains("/data.csv:1: "))

    let second = try CheckPublicHistoryTests()
    _ = try second.leaked()
    try second.git("add", "--all")
    try second.git("stash", "--quiet")
    #expect(try second.check().output.contains("/data.csv:1: "))

    let third = try CheckPublicHistoryTests()
    _ = try third.leaked()
    try third.git("add", "--all")
    try third.git("rm", "--quiet", "--force", "data.csv")
    #expect(try third.check().output.contains("a file that no commit has; "))
  }

  @Test("the message of a commit or a tag, and the name of a branch, are looked at")
  func messages() throws {
    _ = try folder.write("# More\n", to: "more.md")
    try commit("For tenant \(LeakingShape.tenant)\n\nReviewed-by: \(LeakingShape.reviewer)")
    #expect(try check().output.contains("an identifier that is not made up, in the message of git object "))
    let second = try CheckPublicHistoryTests()
    try second.git("tag", "--annotate", "--message", LeakingShape.database, "v1")
    #expect(try second.check().output.contains("a URL with a password, in the message of git object "))
    let third = try CheckPublicHistoryTests()
    try third.git("branch", "for-\(LeakingShape.tenant)")
    #expect(try third.check().output.contains("an identifier that is not made up, in the names of branches and tags"))
  }

  @Test("nothing that the repository configures is run, and a password in its configuration is found")
  func hostile() throws {
    let outside = try TemporaryFolder()
    let trap = try outside.write("#!/bin/sh\ntouch \(path).trap\n", to: "trap")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: trap)
    for key in ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "core.editor"] {
      try git("config", key, trap)
    }
    #expect(try check().status == 0)
    #expect(!FileManager.default.fileExists(atPath: path + ".trap"))
    try git("config", "remote.origin.url", LeakingShape.remote)
    let stopped = try check()
    #expect(stopped.status == 65 && stopped.output.contains("/.git/config:") && !stopped.output.contains("SECRET"))
  }

  @Test("a file among git's own is found")
  func stray() throws {
    _ = try folder.write(LeakingShape.rows, to: ".git/data.csv")
    _ = try folder.write(LeakingShape.rows, to: ".git/objects/data.csv")
    let what = "a file that is none of git's"
    #expect(try check().output == "\(path)/.git/data.csv: \(what)\n\(path)/.git/objects/data.csv: \(what)\n")
  }

  @Test("a history that git cannot read is found, and a repository without files is looked through")
  func damaged() throws {
    _ = try leaked()
    try commit("Data")
    let bare = try TemporaryFolder()
    try git("clone", "--quiet", "--bare", path, bare.url.path + "/labs.git")
    let stopped = try Program(["check-public", bare.url.path], environment: ["PATH": "/usr/bin:/bin"])
    #expect(stopped.status == 65 && stopped.output.contains("/labs.git/data.csv:1: "))
    try Data("no ref".utf8).write(to: folder.url.appendingPathComponent(".git/HEAD"))
    #expect(try check().output.contains("a git history that cannot be read with the program git"))
  }

  @Test("the project's own tree and history may be published")
  func ownTree() throws {
    let root = Repository.root.path
    // An archive of the sources has no history.
    guard FileManager.default.fileExists(atPath: root + "/.git") else {
      let parts = ["Sources", "Fixtures", "Documentation", "Jobs", "README.md", "Package.swift", "LICENSE"]
      let passed = try Program(
        ["check-public"] + parts.map { root + "/" + $0 }, environment: ["PATH": "/usr/bin:/bin"])
      #expect(passed.status == 0 && passed.output == "", "\(passed.output)")
      return
    }
    let clone = try TemporaryFolder()
    let tree = clone.url.path + "/tree"
    try git("clone", "--quiet", "--no-local", root, tree)
    // As it stands now, committed or not.
    let files = try git("-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for file in files.split(separator: "\0").map(String.init)
    where FileManager.default.fileExists(atPath: "\(root)/\(file)") {
      let target = "\(tree)/\(file)"
      try? FileManager.default.removeItem(atPath: target)
      try FileManager.default.createDirectory(
        atPath: URL(fileURLWithPath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "\(root)/\(file)", toPath: target)
    }
    for file in try git("-C", root, "ls-files", "-z", "--deleted").split(separator: "\0") {
      try? FileManager.default.removeItem(atPath: "\(tree)/\(file)")
    }
    let passed = try Program(
      running: tree + "/Jobs/check-public", [],
      environment: ["PATH": "/usr/bin:/bin", "LABS_BINARY": Repository.program.path])
    #expect(passed.status == 0 && passed.output == "", "\(passed.output)\(passed.errors)")
  }

  @Test("a history with an object that is damaged or gone is not taken for a clean one", arguments: [true, false])
  func damaged(isGone: Bool) throws {
    let object = try git("rev-parse", "HEAD:notes.md").split(separator: "\n")[0]
    let file = URL(fileURLWithPath: "\(path)/.git/objects/\(object.prefix(2))/\(object.dropFirst(2))")
    try FileManager.default.removeItem(at: file)
    if !isGone { try Data("damaged".utf8).write(to: file) }
    let stopped = try check()
    #expect(stopped.status == 65 && stopped.output.contains("a git history that cannot be read"), "\(stopped.output)")
  }

  @Test(
    "an object that no commit has must be data of ours",
    arguments: [LeakingShape.rows, "Dear Anna, thank you for your letter.\n", "let letter = 1\n"])
  func nameless(text: String) throws {
    _ = try folder.write(text, to: "loose")
    try git("add", "loose")
    try git("rm", "--quiet", "--cached", "loose")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("loose"))
    let stopped = try check()
    #expect(stopped.status == 65 && stopped.output.contains("a file that no commit has"), "\(stopped.output)")
  }

  @Test("outcomes that do not say where they come from are taken for production's")
  func withoutSource() throws {
    _ = try folder.write("chosen_model_slug,judge_score\nm,3\n", to: "outcomes.csv")
    let stopped = try check()
    #expect(stopped.status == 65 && stopped.output.contains("outcomes without the column source"), "\(stopped.output)")
  }
}
