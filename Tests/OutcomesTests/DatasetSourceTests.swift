import Outcomes
import Testing

@Suite struct DatasetSourceTests {
  static let catalog = Catalog(models: [
    CatalogModel(slug: "a", prior: 0.5, inputPrice: 1, outputPrice: 1, isAllowed: true),
    CatalogModel(slug: "b", prior: 0.6, inputPrice: 2, outputPrice: 2, isAllowed: true),
  ])

  static func source(_ text: String, source: String = "any") throws -> DatasetSource {
    try DatasetSource(catalog: catalog, selection: OutcomeSelection(source: source)) {
      var rest: [UInt8]? = Array(text.utf8)
      return {
        defer { rest = nil }
        return rest
      }
    }
  }

  @Test("rows without optional columns count as finished, judged calls, each with an agent of its own")
  func minimal() throws {
    var text = "created_at,chosen_model_slug,judge_score,task_type\n"
    for day in 1...10 {
      text += "2026-01-\(day < 10 ? "0" : "")\(day),\(day % 2 == 0 ? "a" : "b"),\(1 + day % 5),code\n"
    }
    var source = try DatasetSourceTests.source(text)
    #expect(source.survey.training == 7 && source.survey.holdout == 3)
    #expect(source.survey.cut == "2026-01-08T00:00:00.000000Z")
    var rows: [Outcome] = []
    try source.readTraining { outcome, _ in rows.append(outcome) }
    #expect(rows.map(\.arm) == [1, 0, 1, 0, 1, 0, 1])
    #expect(rows[0].reward == 0.25 && rows.allSatisfy { $0.succeeded && $0.propensity == .unknown })
    #expect(Set(rows.map(\.group)).count == 7)
    #expect(source.directory.cells == [Cell(task: "code", tenant: "tenant", band: "balanced")])
  }

  @Test("each row falls at the first step of the funnel that it fails")
  func funnel() throws {
    let header =
      "created_at,chosen_model_slug,judge_score,judge_model,judge_status,source,inference_id,outcome_status,"
      + "traffic_class,traffic_origin,exclude_from_training,cell,tenant_id,policy_version"
    let rows: [(step: FunnelStep?, fields: String)] = [
      (nil, "a,3,j,labeled,prod,i,succeeded,,,f,chat:a:cost,t,"),
      (.noInference, "a,3,j,labeled,prod,,,,,f,chat:a:cost,t,"),
      (.notComplete, "a,3,j,labeled,prod,i,,,,f,chat:a:cost,t,"),
      (.unknownStatus, "a,3,j,labeled,prod,i,rejected_by_policy,,,f,chat:a:cost,t,"),
      (.notJudged, "a,,,unlabeled,prod,i,succeeded,,,f,chat:a:cost,t,"),
      (.badScore, "a,6,j,labeled,prod,i,succeeded,,,f,chat:a:cost,t,"),
      (.unknownModel, "z,3,j,labeled,prod,i,succeeded,,,f,chat:a:cost,t,"),
      (.otherSource, "a,3,j,labeled,synthetic,i,succeeded,,,f,chat:a:cost,t,"),
      (.probe, "a,3,j,labeled,prod,i,succeeded,internal_probe,,f,chat:a:cost,t,"),
      (.degraded, "a,3,j,labeled,prod,i,succeeded,,mlx,f,chat:a:cost,t,"),
      (.excluded, "a,3,j,labeled,prod,i,succeeded,,,true,chat:a:cost,t,"),
      (.selfJudged, "a,3,a,labeled,prod,i,succeeded,,,f,chat:a:cost,t,"),
      (nil, "b,5,j,labeled,prod,i,failed_other,,,f,nonsense,u,cost_first@1.0.0"),
    ]
    let lines = rows.enumerated().map { "2026-01-01T00:00:\(10 + $0.offset)Z,\($0.element.fields)" }
    var source = try DatasetSourceTests.source(([header] + lines).joined(separator: "\n"), source: "prod")
    for step in FunnelStep.allCases where step != .unreadable { #expect(source.survey.dropped[step] == 1, "\(step)") }
    #expect(source.survey.eligible == 2 && source.survey.total == rows.count)
    var held: [Outcome] = []
    try source.readTraining { outcome, _ in held.append(outcome) }
    try source.readHoldout { outcome, _ in held.append(outcome) }
    #expect(source.directory.cells.map(\.description) == ["chat:t:cost", "general:u:cost"])
    #expect(held.map(\.isDone) == [true, false])
  }

  @Test("strata count what was judged and what was not, in each half")
  func strata() throws {
    var text = "created_at,chosen_model_slug,judge_score,judge_status,cell\n"
    for second in 10..<60 {
      let isJudged = second % 5 != 0
      text += "2026-01-01T00:00:\(second)Z,a,\(isJudged ? "4" : ""),\(isJudged ? "labeled" : "unlabeled"),code:a:cost\n"
    }
    let survey = try DatasetSourceTests.source(text).survey
    let stratum = Stratum(task: "code", band: "cost", model: "a")
    #expect(survey.strata.holdout.keys.map(\.self) == [stratum])
    #expect(survey.strata.holdout[stratum]?.judged == survey.holdout)
    #expect((survey.strata.holdout[stratum]?.outcomes ?? 0) > survey.holdout)
    #expect(survey.strata.training[stratum]?.judged == survey.training)
  }

  @Test(
    "a bad line is an error with line, column and value",
    arguments: [
      ("x,a,3", "line 2, column created_at: \"x\" is no instant in ISO 8601"),
      ("2026-01-01,a,three", "line 2, column judge_score: \"three\" is no finite number"),
      ("2026-01-01,a,nan", "line 2, column judge_score: \"nan\" is no finite number"),
      ("2026-01-01,a", "line 2: 2 fields where the header has 3"),
    ])
  func badLines(line: String, message: String) {
    let error = #expect(throws: DatasetError.self) {
      try DatasetSourceTests.source("created_at,chosen_model_slug,judge_score\n\(line)\n")
    }
    #expect(error?.description == message)
  }

  @Test("a header without a required column, and an empty file, are errors")
  func headers() {
    let missing = #expect(throws: DatasetError.self) { try DatasetSourceTests.source("created_at,judge_score\n") }
    #expect(missing?.description == "line 1, column chosen_model_slug: the header lacks the column")
    let empty = #expect(throws: DatasetError.self) { try DatasetSourceTests.source("") }
    #expect(empty?.description == "the dataset is empty")
  }
}
