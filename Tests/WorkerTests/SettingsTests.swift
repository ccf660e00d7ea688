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
    ])
  func refuses(yaml: String, part: String) {
    let error = #expect(throws: SettingsError.self) { try Settings(yaml: yaml, path: "f") }
    #expect("\(error.map { "\($0)" } ?? "")".contains(part))
  }

  @Test("the ruleset hash tells a changed rule from changed features and changed thresholds")
  func ruleset() throws {
    let house = Settings().rulesetHash
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
