import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct CheckPublicTests {
  private static let tools = ["PATH": "/usr/bin:/bin"]

  private static func check(_ arguments: String...) throws -> Program {
    try Program(["check-public"] + arguments, environment: tools)
  }

  private static func run(_ arguments: String...) throws {
    let ended = try Program(running: "/usr/bin/env", arguments, environment: tools)
    #expect(ended.status == 0, "\(arguments): \(ended.errors)")
  }

  private static func write(_ shape: LeakingShape, in folder: TemporaryFolder) throws -> String {
    let file = folder.url.appendingPathComponent(shape.path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(shape.bytes).write(to: file)
    return file.path
  }

  @Test("every shape of a leak is found, by its path and without its value", arguments: LeakingShape.all)
  func finds(shape: LeakingShape) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("# Clean\n\nNothing is here.\n", to: "clean.md")
    let path = try CheckPublicTests.write(shape, in: folder)
    let stopped = try CheckPublicTests.check(folder.url.path)
    #expect(stopped.status == 65)
    let lines = stopped.output.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix(folder.url.path + "/") && !$0.contains("clean.md") })
    #expect(stopped.errors.contains("must not be published") && stopped.errors.split(separator: "\n").count == 1)
    for secret in ["SECRET", String(LeakingShape.tenant.dropFirst(8)), "16C7e42F"] {
      #expect(!stopped.output.contains(secret) && !stopped.errors.contains(secret))
    }
    // An exception covers the file, and never the name of a folder above it.
    let isFolder = shape.path.contains("\(LeakingShape.tenant)/")
    #expect(try CheckPublicTests.check(folder.url.path, "--allow", path).status == (isFolder ? 65 : 0))
  }

  @Test(
    "compressed a leak is found too",
    arguments: LeakingShape.all.filter {
      ["csv", "json", "jsonl", "vw", "dsjson"].contains($0.path.split(separator: ".").last)
    })
  func compressed(shape: LeakingShape) throws {
    let folder = try TemporaryFolder()
    try CheckPublicTests.run("gzip", "--no-name", CheckPublicTests.write(shape, in: folder))
    #expect(try CheckPublicTests.check(folder.url.path).status == 65)
  }

  @Test("an archive in gzip, gzip in gzip, and another format in gzip are found")
  func archives() throws {
    let folder = try TemporaryFolder()
    let (path, csv) = (folder.url.path, try folder.write("created_at,judge_score\n2026-01-01,4\n", to: "a.csv"))
    _ = try folder.write("# Notes\n", to: "notes.md")
    #expect(try CheckPublicTests.check(path).status == 0)
    try CheckPublicTests.run("tar", "-czf", path + "/b.csv.gz", "-C", path, "a.csv")
    #expect(try CheckPublicTests.check(path).output == "\(path)/b.csv.gz:1: a NUL byte: no text in UTF-8\n")
    try FileManager.default.removeItem(atPath: path + "/b.csv.gz")
    try CheckPublicTests.run("gzip", "--no-name", csv)
    #expect(try CheckPublicTests.check(path).status == 0)
    try FileManager.default.copyItem(atPath: path + "/a.csv.gz", toPath: path + "/b.csv")
    try CheckPublicTests.run("gzip", "--no-name", path + "/b.csv")
    #expect(try CheckPublicTests.check(path).output.hasPrefix("\(path)/b.csv.gz:1: "))
    try FileManager.default.removeItem(atPath: path + "/b.csv.gz")
    try CheckPublicTests.run("gzip", "--no-name", path + "/notes.md")
    #expect(try CheckPublicTests.check(path).output == "\(path)/notes.md.gz: a compressed file of no known format\n")
  }

  @Test("a name that gzip has stored is looked at")
  func storedName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("created_at,judge_score\n2026-01-01,4\n", to: "\(LeakingShape.tenant).csv")
    try CheckPublicTests.run("gzip", "--name", path)
    try FileManager.default.moveItem(atPath: path + ".gz", toPath: folder.url.path + "/a.csv.gz")
    #expect(
      try CheckPublicTests.check(folder.url.path).output.hasSuffix(
        "a.csv.gz: a stored name that must not be published\n"))
  }

  @Test("a link and a pipe are found, and nothing waits for the pipe")
  func specialFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    try FileManager.default.createSymbolicLink(atPath: path + "/a.md", withDestinationPath: "/etc/hostname")
    try FileManager.default.createSymbolicLink(atPath: path + "/loop", withDestinationPath: path)
    try CheckPublicTests.run("mkfifo", path + "/b.csv")
    #expect(
      try CheckPublicTests.check(path).output
        == "\(path)/a.md: a symbolic link\n\(path)/b.csv: no regular file\n\(path)/loop: a symbolic link\n")
    #expect(try CheckPublicTests.check(path + "/b.csv").output == "\(path)/b.csv: no regular file\n")
  }

  @Test("a file and a folder without the right to read are found")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    let file = try folder.write("# Notes\n", to: "a.md")
    try FileManager.default.createDirectory(atPath: path + "/b", withIntermediateDirectories: false)
    for closed in [file, path + "/b"] {
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: closed)
    }
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path + "/b") }
    // The administrator may read everything, unless that right is laid down.
    let plain = geteuid() == 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] : []
    let stopped = try Program(
      running: "/usr/bin/env", plain + [Repository.program.path, "check-public", path],
      environment: CheckPublicTests.tools)
    #expect(stopped.status == 65)
    #expect(
      stopped.output
        == "\(path)/a.md: a file that cannot be read, or is larger than 1 GiB\n\(path)/b: a folder that cannot be read\n"
    )
  }

  @Test("a path that does not exist is status 65; an exception for a folder, or outside of the paths, is status 64")
  func usage() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("# Notes\n", to: "a.md")
    let path = folder.url.path
    #expect(try CheckPublicTests.check("/nonexistent").status == 65)
    let isFolder = try CheckPublicTests.check(path, "--allow", path)
    #expect(isFolder.status == 64 && isFolder.errors.contains("it is a folder"))
    let isOutside = try CheckPublicTests.check(path, "--allow", "/etc/hostname")
    #expect(isOutside.status == 64 && isOutside.errors.contains("outside"))
  }

  @Test(
    "what is made up and what is public may pass",
    arguments: [
      ("a.csv", "created_at,tenant_id,source\n2026-01-01,00000000-0000-4000-8000-000000000001,synthetic\n"),
      ("a.csv", "prompt_id,model,quality,cost_usd,task_type\np1,alder-nano,0.5,0.001,chat\n"),
      (
        "a.jsonl",
        "{\"created_at\":\"2026-01-01\",\"chosen_model_slug\":\"m\",\"judge_score\":4,\"source\":\"synthetic\"}\n"
      ),
      ("a.json", "{\"run_id\": \"\(LeakingShape.tenant)\", \"promoted\": false, \"reason\": \"done: too few rows\"}\n"),
      (
        "a.dsjson",
        "{\"_label_cost\":0,\"_label_probability\":0.5,\"c\":{\"G\":{\"city\":\"Rome\"},\"_multi\":[{\"_tag\":\"a\"}]}}\n"
      ),
      ("a.txt", "shared |User user=Tom time=noon\n0:0.25:0.8 |Action article=sports\n|Action article=politics\n"),
      ("a.vw", "shared | a_1\n0:1:0.5 | b_2 c_3:0.5\n"), ("LICENSE", "Copyright 2026, the authors, as named below.\n"),
      (
        "a.md",
        "# Notes\n\nRun `ainfera-labs train`, then look.\n\n| check | meaning |\n| --- | --- |\n| done | no worse |\n"
      ),
      ("a.md", "```console\n$ ainfera-labs show\nrun \(LeakingShape.tenant)\n```\n"),
      ("a.yaml", "window_days: 30\nfloors:\n  chat: 0.58\n"),
      ("a.sql", "CREATE TABLE a (prompt text);\nSELECT count(*) FROM a;\n"),
      ("a.swift", "/// One.\nstruct A {\n  let b = \"host=db.example.com user=labs password=planted-one\"\n}\n"),
      ("a.sh", "#!/usr/bin/env bash\nset -euo pipefail\nprogram=$(dirname \"$0\")\nexec \"$program/a\" \"$@\"\n"),
      (
        "a.py",
        "import sys\n\n\ndef rows(lines):\n    \"\"\"Yields each line.\"\"\"\n    for line in lines:\n        yield line\n"
      ),
      ("a.prom", "# HELP labs_cells How many.\n# TYPE labs_cells gauge\nlabs_cells{band=\"cost\"} 12\n"),
      ("a.service", "[Unit]\nDescription=A run\n\n[Service]\nExecStart=/usr/bin/true\n"),
      (".gitignore", "# Builds\n.build/\n*.o\n"),
      ("crontab", "PGPASSFILE=/etc/pgpass\n17 3 * * * /opt/labs/Jobs/nightly\n"),
    ])
  func passes(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(text, to: name)
    let passed = try CheckPublicTests.check(folder.url.path)
    #expect(passed.status == 0 && passed.output == "" && passed.errors == "", "\(passed.output)")
  }

  @Test("what simulate, replay and report write may pass, compressed too")
  func ownFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    #expect(try Program(["simulate", "--rows", "4000", "--seed", "7", "--out", path]).status == 0)
    let replay = try Program([
      "replay", "--outcomes", path + "/outcomes.csv", "--catalog", path + "/catalog.json", "--truth",
      path + "/truth.json",
      "--policy", "all", "--format", "json", "--policy-out", path + "/policy.json",
    ])
    let run = try folder.write(replay.output, to: "replay.json")
    #expect(try Program(["report", "--out", path + "/page.html", run]).status == 0)
    try CheckPublicTests.run("gzip", "--keep", path + "/outcomes.csv")
    let passed = try CheckPublicTests.check(path)
    #expect(passed.status == 0 && passed.output == "", "\(passed.output)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 7)
  }

  @Test("what train writes about made-up tenants may pass: result, log, metrics, artifacts")
  func nightlyFiles() throws {
    let night = try Night()
    // The run names the folder, and a random name would be an identifier.
    let path = FileManager.default.temporaryDirectory.path + "/labs-public-\(getpid())"
    try FileManager.default.createDirectory(atPath: path + "/artifacts", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try night.train(["--artifacts", path + "/artifacts", "--metrics-file", path + "/labs.prom"])
    #expect(run.status == 0, "\(run.errors)")
    try Data(run.output.utf8).write(to: URL(fileURLWithPath: path + "/run.json"))
    let passed = try CheckPublicTests.check(path)
    #expect(passed.status == 0 && passed.output == "", "\(passed.output)")
  }
}
