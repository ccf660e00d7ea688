import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct EvidenceTests {
  struct Evidence: Decodable {
    struct Replay: Decodable {
      struct Propensities: Decodable {
        let rows: [String: Int]
        let kind: String
      }

      struct Judging: Decodable {
        let outcomes: Int?
        let judged: Int?
        let reweighted: Bool
      }

      struct Lift: Decodable {
        struct Interval: Decodable {
          let method: String
        }

        let method: String
        let intervals: [Interval]
      }

      let candidate: [String: [String: Double]]
      let lift: [String: Lift]
      let e_value: Double
      let propensities: Propensities
      let judging: Judging
      let assumptions: [String: String]
    }

    let replay: Replay
  }

  private func evidence(_ program: Program) throws -> Evidence.Replay {
    try JSONDecoder().decode(Evidence.self, from: Data(program.output.utf8)).replay
  }

  @Test("every estimate comes with its error, every interval with its method, and both with what they assume")
  func shown() throws {
    let night = try Night()
    let replay = try evidence(night.train(["--dry-run"]))
    let estimators = try #require(replay.candidate["done"]).keys.filter { !$0.hasSuffix("_standard_error") }
    #expect(estimators.count == 9 && estimators.allSatisfy { replay.assumptions[$0] != nil })
    #expect(replay.candidate["cost_usd"]?["snips_standard_error"] != nil)
    let lift = try #require(replay.lift["done"])
    #expect(lift.method == "cluster_bootstrap")
    #expect(Set(lift.intervals.map(\.method)) == ["cluster_bootstrap", "student_t", "normal", "empirical_bernstein"])
    #expect(replay.e_value > 66 && replay.propensities.kind == "logged" && replay.judging.outcomes == nil)
    let text = try Program(
      ["train", "--cadence", "manual", "--dry-run", "--explain"],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    for name in estimators + ["empirical_bernstein", "e_value"] { #expect(text.output.contains(name), "\(name)") }
    #expect(try night.train().result().promoted)
    let kept = try night.owner().query("SELECT evaluation -> 'replay' ->> 'e_value' FROM training_runs").scalar
    #expect(kept.flatMap { Double($0) }.map { abs($0 / replay.e_value - 1) < 1e-9 } == true)
  }

  @Test("the evidence asked for decides", arguments: ["interval", "e-value", "both"])
  func kinds(kind: String) throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let settings = try folder.write("evidence: \(kind)\nobjective: reward\n", to: "settings.yaml")
    #expect(try night.train(["--settings", settings]).result().promoted)
    // A sixth of the rows leaves an e-value that is not enough, while the interval may be.
    let thin = try Night()
    try thin.owner().query("DELETE FROM routing_outcomes WHERE hashtext(id::text) % 6 <> 0")
    let result = try thin.train(["--dry-run", "--settings", settings]).result()
    let better = try #require(result.checks.first { $0.name == "better" })
    if kind != "interval" { #expect(!better.passed && better.observed.contains("e-value")) }
  }

  @Test("a log in which every cell was served by one model holds, and says that no choice was ever compared")
  func deterministic() throws {
    let night = try Night()
    let owner = try night.owner()
    try owner.query("DELETE FROM routing_outcomes WHERE chosen_propensity < 0.5")
    try owner.query("UPDATE routing_outcomes SET chosen_propensity = NULL, decision_type = 'deterministic'")
    let marked = try night.train(["--dry-run"])
    #expect(try marked.result().verdict == "hold")
    #expect(marked.output.contains("no choice was ever compared"))
    #expect(try evidence(marked).propensities.kind == "deterministic")
    try owner.query("UPDATE routing_outcomes SET decision_type = NULL")
    let unmarked = try night.train()
    #expect(try !unmarked.result().promoted)
    #expect(unmarked.output.contains("no choice was ever compared"))
    #expect(try evidence(unmarked).propensities.kind == "estimated")
  }

  @Test("a judge that gave one model nothing but the lowest score holds on labels")
  func worthless() throws {
    let night = try Night()
    try night.owner().query("UPDATE routing_outcomes SET judge_score = 1 WHERE chosen_model_slug = 'elm-medium'")
    let result = try night.train().result()
    #expect(!result.promoted && result.reason.hasPrefix("labels: elm-medium scores 0 on all of its"))
  }

  @Test("where the judge saw more of some traffic, replay weights the strata back, and says so")
  func strata() throws {
    let night = try Night()
    try night.owner().query(
      "UPDATE routing_outcomes SET judge_status = 'unlabeled', judge_score = NULL "
        + "WHERE cell LIKE 'code:%' AND hashtext(id::text) % 2 = 0")
    let program = try night.train(["--dry-run"])
    let judging = try evidence(program).judging
    #expect(judging.reweighted)
    #expect(try program.result().outcomes.holdout == judging.judged)
    #expect((judging.outcomes ?? 0) > (judging.judged ?? 0))
  }

  @Test("deterministic rows of two promoted versions are each other's exploration")
  func versions() throws {
    let night = try Night()
    let first = try night.train().result()
    #expect(first.promoted)
    let owner = try night.owner()
    // Each version keeps the rows in which the model is its own pick, as if it had made them.
    try owner.query("ALTER TABLE routing_outcomes ADD pick_old text, ADD pick_new text")
    try owner.query(
      "UPDATE routing_outcomes o SET pick_new = r.per_cell -> "
        + "(split_part(o.cell, ':', 1) || ':' || o.tenant_id || ':' || split_part(o.cell, ':', 3)) ->> 'pick' "
        + "FROM training_runs r")
    try owner.query(
      "UPDATE routing_outcomes o SET pick_old = m.chosen_model_slug FROM (SELECT DISTINCT cell, tenant_id, "
        + "chosen_model_slug FROM routing_outcomes WHERE chosen_propensity > 0.5) m "
        + "WHERE split_part(m.cell, ':', 1) = split_part(o.cell, ':', 1) AND m.tenant_id = o.tenant_id "
        + "AND split_part(m.cell, ':', 3) = split_part(o.cell, ':', 3)")
    try owner.query("DELETE FROM routing_outcomes WHERE chosen_model_slug NOT IN (pick_old, pick_new)")
    try owner.query(
      "UPDATE routing_outcomes SET chosen_propensity = NULL, decision_type = 'deterministic', policy_version = "
        + "'balanced@' || CASE WHEN chosen_model_slug = pick_new AND (pick_new <> pick_old OR hashtext(id::text) % 9 = 0) "
        + "THEN $1 ELSE $2 END", [first.policy_version_to, first.policy_version_from])
    let program = try night.train(["--dry-run"])
    let replay = try evidence(program)
    let holdout = try program.result().outcomes.holdout
    #expect(replay.propensities.rows["versions"] == holdout)
    #expect(!program.output.contains("no choice was ever compared"))
  }
}
