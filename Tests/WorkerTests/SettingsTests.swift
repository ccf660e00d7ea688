import Foundation
import Outcomes
import Policies
import Replay
import Testing
import Worker

@Suite struct SettingsTests {
  @Test("an empty file gives the house's settings")
  func empty() throws {
    #expect(try Settings(yaml: "", path: "f").rulesetHash == Settings().rulesetHash)
  }

  @Test("what the file names is set, and the rest is the house's")
  func reads() throws {
    let settings = try Settings(
      yaml: "window_days: 7\nfloors: {code: 0.85}\ndecision_rule: highest_ucb\nobjective: reward\nhalf_life_days: 10\n",
      path: "f")
    #expect(settings.selection.windowDays == 7)
    #expect(settings.selection.halfLifeDays == 10)
    #expect(settings.floors["code"] == 0.85 && settings.floors["chat"] == 0.58)
    #expect(settings.learner.rule == .highestUpperBound)
    #expect(settings.thresholds.objective == .reward)
  }

  @Test(
    "a bad file is an error that names the key",
    arguments: [
      ("ridge: 1", "unknown key ridge"), ("exploration: 0.01", "exploration is 0.01"), ("- 1", "not a mapping"),
      ("alpha: x", "alpha"), ("floors: {code: 2}", "floors.code is 2"), ("a: [", "not YAML"),
      ("window_days: .nan", "window_days is nan"), ("decision_rule: best", "decision_rule is best"),
      ("half_life_days: .inf", "half_life_days is inf"), ("half_life_days: 1e-300", "half_life_days is 1e-300"),
      ("window_days: .inf", "window_days is inf"), ("window_days: -1", "window_days is -1"),
      ("alpha: 1e10", "alpha is 1"), ("alpha: .inf", "alpha is inf"), ("alpha: .nan", "alpha is nan"),
      ("ridge_cell: 1e300", "ridge_cell is 1e+300"), ("ridge_cell: 5e-324", "ridge_cell is 5e-324"),
      ("ridge_cell: .inf", "ridge_cell is inf"), ("ridge_tenant: 1e-9", "ridge_tenant is 1e-09"),
      ("ridge_shared: .nan", "ridge_shared is nan"), ("min_support: 1e7", "min_support is 1"),
      ("min_support: .inf", "min_support is inf"), ("min_effective_sample_size: 1e10", "min_effective_sample_size is"),
      ("min_effective_sample_size: .nan", "min_effective_sample_size is nan"),
      ("min_training_rows: 1000000001", "min_training_rows is 1000000001"),
      ("min_holdout_rows: 99999999999999999999", "min_holdout_rows has a value of another type"),
      ("holdout_share: .nan", "holdout_share is nan"), ("exploration: .inf", "exploration is inf"),
      ("done_tolerance: .inf", "done_tolerance is inf"), ("cost_limit: 11", "cost_limit is 11"),
      ("cost_share: .nan", "cost_share is nan"), ("drift_difference: .inf", "drift_difference is inf"),
      ("anchor_days: .inf", "anchor_days is inf"), ("tenant_tolerance: -.inf", "tenant_tolerance is -inf"),
      ("default_floor: .nan", "default_floor is nan"), ("floors: {code: .inf}", "floors.code is inf"),
      ("bootstrap_draws: 1e9", "bootstrap_draws"), ("bootstrap_seed: -1", "bootstrap_seed"),
      ("schema: \(String(repeating: "s", count: 64))", "schema is"), ("alpha: 1\nalpha: 2", "alpha stands there twice"),
      ("floors: {code: 0.5, code: 0.6}", "code stands there twice"), ("alpha: 1\n---\nalpha: 2", "another document"),
      ("a: &x 1\nb: *x", "anchors (&) and aliases (*)"), ("floors: &f {code: 0.5}", "anchors (&) and aliases (*)"),
      ("{\"a # b\": &x 1, *x : 2}", "anchors (&) and aliases (*)"), ("&x alpha: 1", "anchors (&) and aliases (*)"),
      ("alpha: !!float &x 1", "anchors (&) and aliases (*)"), ("a: {z: -#, b: &x 1}", "anchors (&) and aliases (*)"),
      ("a: {z: c:#, b: &x 1}", "anchors (&) and aliases (*)"),
      ("a: \"b\n # \", c: &x 1", "anchors (&) and aliases (*)"),
      ("a: 1 # b\u{2028}&x c: 1", "anchors (&) and aliases (*)"), ("alpha: [[[[[[1]]]]]]", "nested too deep"),
      ("? [alpha]\n: 1", "a key is not a plain text"), ("alpha: [1]", "alpha"), ("<<: {alpha: 1}", "unknown key <<"),
      (String(repeating: "k", count: 1000) + ": 1", "unknown key kkkk"),
      ("\"" + String(repeating: "k", count: 1_000_000) + "\": 1", "not YAML"),
      (String(repeating: "# comment\n", count: 110_000), "more than 1048576 bytes"),
      ("alpha: " + String(repeating: "[", count: 100_000), "not YAML"),
      ("floors: {" + (0...60_000).map { "t\($0): 0.5" }.joined(separator: ", ") + "}", "there are more keys"),
      ("floors: {" + (0...10_000).map { "t\($0): 0.5" }.joined(separator: ", ") + "}", "floors is a mapping of 10001"),
    ])
  func refuses(yaml: String, part: String) {
    let error = #expect(throws: SettingsError.self) { try Settings(yaml: yaml, path: "f") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(part) && !text.contains("\n") && text.utf8.count < 1500, "\(text.prefix(2000))")
  }

  @Test("what looks like an anchor and is none may stand in a file")
  func noReferences() throws {
    let settings = try Settings(
      yaml: "# R & D, 5 * 3: *all* of it\nfloors: {r&d: 0.5, a*b: 0.6}  # & so on\nschema: my&schema\n", path: "f")
    #expect(settings.floors["r&d"] == 0.5 && settings.floors["a*b"] == 0.6 && settings.schema == "my&schema")
  }

  @Test("a file cut off anywhere, or with any byte changed, is read or refused, and never a crash", arguments: 0..<3)
  func mutated(seed: UInt64) {
    let text = "alpha: 1.5  # c\nfloors: {code: 0.78, \"chat\": 0.5}\nstrict: false\nridge_cell: auto\nschema: 'p'\n"
    let bytes = Array(text.utf8)
    var generator = SeededGenerator(seed: seed)
    var texts = bytes.indices.map { Array(bytes[..<$0]) }
    for _ in 0..<1000 {
      var changed = bytes
      for _ in 0...generator.index(below: 3) {
        changed[generator.index(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next() & 0x7f)
      }
      texts.append(changed)
    }
    for text in texts {
      var settings = Settings()
      do throws(SettingsError) {
        try settings.apply(yaml: String(decoding: text, as: UTF8.self), path: "f")
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test("aliases that would expand to gigabytes are refused before anything is expanded")
  func bomb() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      yaml += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    let error = #expect(throws: SettingsError.self) { try Settings(yaml: yaml + "? *a11\n: 1\n", path: "f") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("anchors"))
  }

  @Test("no threshold is hashed to nothing: a number that is not finite is an error, and each number changes the hash")
  func hashed() throws {
    var settings = Settings()
    settings.selection.halfLifeDays = .infinity
    #expect(throws: SettingsError.notHashable) { try settings.rulesetHash }
    let house = try Settings().rulesetHash
    for yaml in [
      "half_life_days: 3650", "ridge_cell: 1e6", "ridge_cell: auto", "alpha: 100", "min_support: 1e6", "cost_limit: 10",
      "min_training_rows: 1000000000", "bootstrap_seed: 18446744073709551615", "floors: {x: 0}", "default_floor: 1",
    ] {
      #expect(try Settings(yaml: yaml, path: "f").rulesetHash != house, "\(yaml)")
    }
  }

  @Test("a file with a byte-order mark is read, and one that is not UTF-8, too long or no file is refused")
  func files() throws {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func read(_ bytes: [UInt8]) throws -> Settings {
      let file = folder.appendingPathComponent("settings.yaml")
      try Data(bytes).write(to: file)
      var settings = Settings()
      try settings.apply(file: file.path)
      return settings
    }
    #expect(try read([0xef, 0xbb, 0xbf] + Array("alpha: 2".utf8)).learner.alpha == 2)
    #expect(try read([]).namedKeys.isEmpty)
    for bytes in [[0xff, 0xfe, 0x61, 0x00], Array(repeating: 0x20, count: 1 << 20 + 1)] as [[UInt8]] {
      #expect(throws: SettingsError.self) { try read(bytes) }
    }
    for path in [folder.path, "/nonexistent", "/dev/zero"] {
      var settings = Settings()
      #expect(throws: SettingsError.self, "\(path)") { try settings.apply(file: path) }
    }
  }

  @Test("the ruleset hash tells a changed rule from changed features and changed thresholds")
  func ruleset() throws {
    let house = try Settings().rulesetHash
    func change(_ yaml: String) throws -> PolicyVersion.Change {
      Settings.change(from: house, to: try Settings(yaml: yaml, path: "f").rulesetHash)
    }
    #expect(try change("decision_rule: highest_mean") == .decisionRule)
    #expect(try change("input_tokens: true") == .features)
    #expect(try change("alpha: 2") == .table)
    #expect(try Settings(yaml: "strict: true", path: "f").rulesetHash != house)
    #expect(try Settings(yaml: "window_days: 3", path: "f").rulesetHash == house)
  }
}
