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

      struct Version: Decodable {
        let version: String
        let rows: Int
        let reward: Double
      }

      let candidate: [String: [String: Double]]
      let versions: [Version]
      let lift: [String: Lift]
      let e_value: Double
      let e_value_agents: Double
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
    #expect(
      replay.e_value > 66 && replay.e_value_agents < 66 && replay.propensities.kind == "logged"
        && replay.judging.outcomes == nil)
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
    let whole = try night.train(["--settings", settings]).result()
    // Of 240 agents the wealth of a gambler who bets on whole agents is not enough, however much their rows show.
    #expect(whole.promoted == (kind == "interval"))
    #expect((whole.check("better")?.observed.contains("e-value over agents") == true) == (kind != "interval"))
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

  @Test("failed calls count, judged or not, and files say of them what the database says")
  func failures() throws {
    let night = try Night()
    // The cheap model that the first night would promote most fails two calls of five, which no judge saw.
    let fails = "chosen_model_slug = 'cedar-small' AND hashtext(id::text) % 5 IN (0, 1)"
    try night.owner().query(
      "UPDATE routing_outcomes SET outcome_status = 'failed_provider_error', judge_status = 'unlabeled', "
        + "judge_score = NULL, judge_model = NULL, cost_actual_usd = NULL WHERE \(fails)")
    let failed = try #require(
      try night.owner().query("SELECT count(*) FROM routing_outcomes WHERE \(fails)").scalar.flatMap { Int($0) })
    let result = try night.train(["--dry-run"]).result()
    #expect(failed > 100 && result.outcomes.known_without_judge == failed && result.outcomes.eligible == 20_000)
    #expect(result.check("costs")?.severity == "pass")
    #expect(result.check("costs")?.detail == "\(failed) failed calls without a cost, counted against the candidate")
    let folder = try TemporaryFolder()
    try night.owner().query("UPDATE routing_outcomes SET source = 'prod'")
    let csv = try night.csv()
    let file = try Program([
      "replay", "--outcomes", try folder.write(csv, to: "outcomes.csv"), "--catalog",
      Repository.synthetic.appendingPathComponent("catalog.json").path, "--format", "json",
    ]).result()
    #expect(file.policy_version_to == result.policy_version_to)
    #expect(file.outcomes.known_without_judge == failed)
    for name in ["costs", "support", "no worse", "better", "slices", "tenants"] {
      #expect(file.check(name)?.observed == result.check(name)?.observed, "\(name)")
    }
    // The model that fails is not what the first night would have made of it.
    #expect(try Night().train(["--dry-run"]).result().policy_version_to != result.policy_version_to)
  }

  @Test("a model whose costs are not known is not taken to be free")
  func unknownCosts() throws {
    let night = try Night()
    try night.owner().query("UPDATE routing_outcomes SET cost_actual_usd = NULL WHERE chosen_model_slug = 'elm-medium'")
    let result = try night.train().result()
    #expect(!result.promoted && result.reason.hasPrefix("costs: known for "))
    #expect(result.reason.contains("known for 0.0 % of the rows of elm-medium"))
    try night.owner().query("UPDATE routing_outcomes SET cost_actual_usd = -1 WHERE chosen_model_slug = 'elm-medium'")
    #expect(try night.train().result().reason == result.reason)
  }

  @Test("a judge that was down for a day holds on labels, with the time")
  func outage() throws {
    let night = try Night()
    try night.owner().query(
      "UPDATE routing_outcomes SET judge_score = 1 WHERE created_at >= now() - interval '5 days' "
        + "AND created_at < now() - interval '4 days'")
    let result = try night.train().result()
    #expect(!result.promoted && result.reason.hasPrefix("labels: all ") && result.reason.contains("are 1"))
  }

  @Test("versions that served one after another are shown as a comparison over time, and carry no promotion")
  func versions() throws {
    let night = try Night()
    let owner = try night.owner()
    // The newest fifth was decided by a second version, and the judge grew milder with it.
    try owner.query(
      "UPDATE routing_outcomes SET chosen_propensity = NULL, decision_type = 'deterministic', policy_version = "
        + "'balanced@' || CASE WHEN created_at > now() - interval '6 days' THEN '1.0.1+bbbbbbbb' ELSE "
        + "'1.0.0+aaaaaaaa' END, judge_score = CASE WHEN created_at > now() - interval '6 days' THEN "
        + "least(judge_score + 1, 5) ELSE judge_score END")
    let program = try night.train()
    let result = try program.result()
    #expect(!result.promoted && result.check("propensities")?.severity == "fail")
    let versions = try evidence(program).versions
    #expect(versions.map(\.version) == ["1.0.0+aaaaaaaa", "1.0.1+bbbbbbbb"])
    #expect(versions.reduce(0) { $0 + $1.rows } == result.outcomes.holdout)
    #expect(versions[1].reward > versions[0].reward + 0.05)
    let text = try Program(
      ["train", "--cadence", "manual", "--dry-run"],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "ainfera_labs"])
    #expect(text.output.contains("over time: ") && text.output.contains("are not an"))
  }
}
