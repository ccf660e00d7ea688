import Foundation
import TestSupport
import Testing

/// Datasets as they come: other formats, compressed, cut off, with bad lines.
@Suite(.blocking, .timeLimit(.minutes(30))) struct DatasetFileTests {
  private let folder: TemporaryFolder
  private let catalog: String

  init() throws {
    folder = try TemporaryFolder()
    catalog = try Repository.synthetic.appendingPathComponent("catalog.json").path
  }

  private func replay(_ path: String, _ more: [String] = []) throws -> Program {
    try Program(
      ["replay", "--outcomes", path, "--catalog", catalog, "--format", "json"] + more,
      environment: ["PATH": "/usr/bin:/bin"])
  }

  /// The fixture's outcomes as JSON lines.
  private func jsonLines() throws -> String {
    let csv = try Repository.synthetic("outcomes.csv")
    let rows = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    return rows.dropFirst().map { row in
      "{" + zip(rows[0], row).map { "\"\($0)\": " + ($1.isEmpty ? "null" : "\"\($1)\"") }.joined(separator: ", ")
        + "}\n"
    }.joined()
  }

  private func compress(_ path: String) throws -> String {
    #expect(try Program(running: "/usr/bin/env", ["gzip", path], environment: ["PATH": "/usr/bin:/bin"]).status == 0)
    return path + ".gz"
  }

  @Test("JSON lines in gzip give the policy that the CSV gives")
  func compressedLines() throws {
    let path = try compress(folder.write(jsonLines(), to: "outcomes.jsonl"))
    let lines = try replay(path).result()
    let csv = try replay(Repository.synthetic.appendingPathComponent("outcomes.csv").path).result()
    #expect(lines.policy_version_to == csv.policy_version_to)
    #expect(lines.checks.map(\.observed) == csv.checks.map(\.observed))
  }

  @Test("a compressed file that is cut off is status 65 in one line")
  func cutOff() throws {
    let path = try compress(folder.write(jsonLines(), to: "outcomes.jsonl"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let part = folder.url.appendingPathComponent("part.jsonl.gz")
    try whole.prefix(whole.count / 2).write(to: part)
    let refused = try replay(part.path)
    #expect(refused.status == 65 && refused.output == "")
    #expect(refused.errors.contains("cannot be decompressed: gzip: ") && refused.errors.contains(part.path))
    #expect(refused.errors.split(separator: "\n").count == 1)
  }

  @Test("bad lines are status 65 with file, line, column and value, and within --skip-bad they are told and left out")
  func badLines() throws {
    let csv = try Repository.synthetic("outcomes.csv")
    var lines = csv.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[10] += ",one field too many"
    lines[20] = lines[20].replacingOccurrences(of: "2026-", with: "July 2026-")
    let path = try folder.write(lines.joined(separator: "\n"), to: "outcomes.csv")
    let refused = try replay(path, ["--skip-bad", "1"])
    #expect(refused.status == 65 && refused.output == "")
    #expect(refused.errors.hasPrefix("ainfera-labs: \(path): line 21, column created_at: \"July 2026-"))
    let tolerant = try replay(path, ["--skip-bad", "2"])
    #expect(tolerant.status == 0)
    #expect(
      tolerant.errors.split(separator: "\n").count == 2 && tolerant.errors.contains("left out: \(path): line 11: "))
    let result = try tolerant.result()
    #expect(result.outcomes.eligible == 19_998)
    #expect(result.outcomes.funnel.last?.step == "unreadable" && result.outcomes.funnel.last?.rows == 2)
  }

  @Test("a log of Vowpal Wabbit needs no catalog: the better action is learned in each context")
  func vowpalWabbit() throws {
    var text = ""
    for number in 0..<4000 {
      let morning = number % 2 == 0
      let action = number / 2 % 2
      let cost = action == (morning ? 0 : 1) ? 0 : 1
      text += "shared |User time=\(morning ? "morning" : "noon")\n"
      for other in 0...1 { text += "\(other == action ? "0:\(cost):0.5 " : "")|Action article=\(other)\n" }
      text += "\n"
    }
    let path = try folder.write(text, to: "log.vw")
    let policy = folder.url.appendingPathComponent("policy.json").path
    let program = try Program([
      "replay", "--outcomes", path, "--format", "json", "--policy-out", policy,
    ])
    #expect(program.status == 0, "\(program.errors)")
    #expect(try program.result().outcomes.eligible == 4000)
    let artifact = try String(contentsOfFile: policy, encoding: .utf8)
    for (time, article) in [("morning", 0), ("noon", 1)] {
      let row = try #require(artifact.range(of: "time=\(time):tenant:balanced"))
      let pick = try #require(artifact[row.upperBound...].range(of: "\"pick\":\"article="))
      #expect(artifact[pick.upperBound...].hasPrefix("\(article)\""))
    }
  }

  @Test(
    "a dataset that cannot be read twice, is missing, or names no actions has its status",
    arguments: [
      (["--outcomes", "/dev/stdin"], 65), (["--outcomes", "/nonexistent.csv"], 65),
      (["--outcomes", "/etc/hostname"], 65),
    ] as [([String], Int32)])
  func unreadable(arguments: [String], status: Int32) throws {
    let refused = try Program(["replay", "--catalog", catalog] + arguments)
    #expect(refused.status == status && refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
    let without = try Program(["replay", "--outcomes", "x.csv"])
    #expect(without.status == 64 && without.errors.contains("--catalog is needed"))
  }

  @Test(
    "a log drawn from full information shows of each policy what is true of it, within its error", arguments: [1, 2])
  func fullInformation(seed: Int) throws {
    struct Report: Decodable {
      struct Policy: Decodable {
        struct Estimate: Decodable {
          let value: Double?
          let standard_error: Double?
        }

        let name: String
        let estimates: [String: Estimate]
        let truth: [String: Double]
      }

      let policies: [Policy]
    }

    let slugs = ["a", "b", "c", "d"]
    let models = slugs.enumerated().map { arm, slug in
      "{\"slug\": \"\(slug)\", \"q_prior\": 0.\(5 + arm), \"price_in_per_mtok_usd\": \(1 + arm), "
        + "\"price_out_per_mtok_usd\": \(1 + arm), \"m_allowed\": true}"
    }
    let catalog = try folder.write(
      "{\"models\": [\(models.joined(separator: ", "))], \"floors\": {\"code\": 0.75}, \"default_floor\": 0.6}",
      to: "catalog.json")
    var table = "prompt_id,task_type,model,quality,cost_usd\n"
    for number in 0..<12_000 {
      let task = ["code", "chat", "general"][number % 3]
      for (arm, model) in slugs.enumerated() {
        let quality = 0.4 + 0.15 * Double(arm) + 0.1 * Double((number * 7 + arm * 3) % 11) / 11
        table += "p\(number),\(task),\(model),\(quality),\(0.0001 * Double(1 + arm * arm) * Double(1 + number % 4))\n"
      }
    }
    let path = try folder.write(table, to: "quality.csv")
    let program = try Program(
      [
        "replay", "--outcomes", path, "--catalog", catalog, "--log-with", "epsilon=0.5", "--seed", "\(seed)",
        "--policy",
        "all", "--format", "json",
      ])
    #expect(program.status == 0, "\(program.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(program.output.utf8))
    #expect(report.policies.count == 14 && report.policies.last?.name == "oracle-per-prompt")
    for policy in report.policies where policy.name != "oracle-per-prompt" {
      for (quantity, estimate) in policy.estimates {
        let (value, error) = (try #require(estimate.value), try #require(estimate.standard_error))
        let truth = try #require(policy.truth[quantity])
        #expect(abs(value - truth) <= 4.5 * error + 1e-9, "\(policy.name) \(quantity) \(value) \(truth) ± \(error)")
      }
    }
    let oracle = report.policies.last?.truth["reward"] ?? 0
    #expect(oracle > 0.6 && oracle < 0.9)
    let misnamed = try replay(path, ["--policy", "luck"])
    #expect(misnamed.status == 64 && misnamed.errors.contains("known: all, static"))
    #expect(try replay(path, ["--policy", "oracle"]).status == 64)
    #expect(try replay(path, ["--log-with", "uniform", "--skip-bad", "1"]).status == 64)
    #expect(try replay(path, ["--log-with", "chance"]).status == 64)
  }
}
