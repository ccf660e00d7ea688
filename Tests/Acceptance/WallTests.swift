import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct WallTests {
  private static let real = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

  @Test(
    "what belongs to production is found, with its place and without its value",
    arguments: [
      ("a.csv", "created_at,source\n2026-01-01,synthetic\n2026-01-01,prod\n", 3),
      ("a.csv", "x,judge_rationale\n1,\n2,\"two\nlines SECRET\"\n", 3),
      ("a.csv", "tenant_id\nacme SECRET\n", 2), ("a.csv", "note\nfor \(real)\n", 2),
      ("a.jsonl", "{}\n{\"source\": \"prod\"}\n", 2), ("a.json", "{\n\"prompt\" : \"SECRET\"\n}", 2),
      ("a.json", "{\"messages\":[{\"role\":\"user\"}]}", 1), ("notes.md", "see tenant \(real.uppercased())", 1),
      ("page.html", "<td>chat:\(real):balanced</td>", 1), ("a.json", "{\"tenant_id\": \"SECRET\"}", 1),
      ("data.sql", "COPY routing_outcomes FROM stdin;\n\(real)\t2026-01-01\n", 2), ("no-extension", "\n\n\(real)", 3),
    ] as [(String, String, Int)])
  func finds(name: String, text: String, line: Int) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("clean\n", to: "clean.txt")
    let path = try folder.write(text, to: name)
    let stopped = try Program(["wall", folder.url.path])
    #expect(stopped.status == 65)
    #expect(stopped.output.hasPrefix("\(path):\(line): ") && stopped.output.split(separator: "\n").count == 1)
    #expect(stopped.errors == "ainfera-labs: 1 file holds what belongs to production; take it out\n")
    #expect(!(stopped.output + stopped.errors).contains("SECRET"))
    // Compressed it is the same.
    #expect(
      try Program(running: "/usr/bin/env", ["gzip", path], environment: ["PATH": "/usr/bin:/bin"]).status == 0)
    #expect(try Program(["wall", folder.url.path], environment: ["PATH": "/usr/bin:/bin"]).status == 65)
  }

  @Test("a file that cannot be looked into is found, and a path that is not there is an error")
  func closed() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("PAR1", to: "rows.parquet")
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("loop"), withDestinationURL: folder.url)
    #expect(try Program(["wall", folder.url.path]).output.contains("rows.parquet: a file that cannot be looked into"))
    #expect(try Program(["wall", "/nonexistent"]).status == 65)
  }

  @Test("what is made up, and a run's identifier, may pass: so does all that the repository publishes")
  func passes() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "{\"run_id\": \"\(WallTests.real)\", \"source\": \"synthetic\", \"prompt\": null, "
        + "\"tenant_id\": \"00000000-0000-4000-8000-000000000001\"}\n", to: "run.json")
    let root = Repository.root
    let passed = try Program(
      ["wall", folder.url.path]
        + ["Fixtures", "Documentation", "README.md"].map { root.appendingPathComponent($0).path })
    #expect(passed.status == 0 && passed.output == "" && passed.errors == "", "\(passed.output)")
  }
}
