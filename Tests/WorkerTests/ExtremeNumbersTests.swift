import Foundation
import Outcomes
import Policies
import Reports
import TestSupport
import Testing
import Worker

/// Numbers at the ends of what a `Double` holds, in every column: whatever they come to, no result has a number that is none.
@Suite struct ExtremeNumbersTests {
  private static let header =
    "created_at,chosen_model_slug,judge_score,judge_model,outcome_status,tenant_id,agent_id,cell,cost_actual_usd,"
    + "chosen_propensity,input_tokens,observed_latency_ms"
  private static let extremes = [
    "0", "-0.0", "-1", "5e-324", "1e-300", "1e-12", "1e-9", "1.0000000000000002", "1e6", "1e300",
    "1.7976931348623157e308", "-1.7976931348623157e308", "1e400", "NaN", "Infinity", "-Infinity",
  ]
  private static let share: [String: @Sendable (Int) -> Bool] = [
    "a few": { $0 % 47 == 0 }, "all": { _ in true }, "the newest": { $0 >= 290 },
  ]

  /// Rows of four models in two tasks, with what replaces a column's value in some of them.
  private static func rows(_ column: String, _ value: String, in isChanged: (Int) -> Bool) -> String {
    let names = header.split(separator: ",").map(String.init)
    var generator = SeededGenerator(seed: 3)
    let lines = (0..<400).map { number -> String in
      let arm = generator.index(below: 4)
      let isExplored = generator.index(below: 5) == 0
      var fields = [
        Instant(microseconds: 1_767_225_600_000_000 + Int64(number) * 600_000_000).description, "m\(arm)",
        "\(1 + generator.index(below: 3) + arm / 2)", "judge", number % 19 == 0 ? "failed_other" : "succeeded",
        "t\(generator.index(below: 3))", "a\(generator.index(below: 40))",
        "\(number % 2 == 0 ? "code" : "chat"):m:cost", "\(Double(1 + 4 * arm) * 1e-4)", isExplored ? "0.05" : "0.25",
        "\(50 + generator.index(below: 500))", "900",
      ]
      if let place = names.firstIndex(of: column), isChanged(number) { fields[place] = value }
      return fields.joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  private static func catalog(_ change: (Int) -> (prior: Double, price: Double)) throws -> Catalog {
    try Catalog(
      validating: (0..<4).map { arm in
        let (prior, price) = change(arm)
        return CatalogModel(slug: "m\(arm)", prior: prior, inputPrice: price, outputPrice: price, isAllowed: true)
      }, floors: [:], defaultFloor: 0.3)
  }

  /// Runs a replay and looks at all that it prints; a refusal is status 65.
  private static func check(
    _ csv: String, catalog: Catalog, yaml: String = "", _ what: String, mustEnd: Bool = false
  ) throws {
    let file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("\(UUID().uuidString).csv")
    try Data(csv.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let settings = try Settings(yaml: "bootstrap_draws: 200\nsource: any\n" + yaml, path: "f")
    let report: RunReport
    do throws(RunFailure) {
      report = try FileReplay(
        outcomes: DatasetFile.Outcomes(path: file.path, format: .csv, tolerance: 400), catalog: catalog,
        incumbent: .untrained(exploration: settings.learner.exploration), settings: settings
      ).run().report
    } catch {
      #expect(error.status == .badData && !mustEnd, "\(what): \(error)")
      return
    }
    let texts = [
      try JSONReport.text(report), TextReport.explainedText(report),
      PrometheusText.text(report, now: 0, exitStatus: 0), RunPage(report).html,
    ]
    for text in texts {
      #expect(namesNoNumber(text) == nil, "\(what): \(namesNoNumber(text) ?? "")")
    }
    #expect(try JSONReport.run(Array(texts[0].utf8)).outcomes.eligible == report.outcomes.eligible)
  }

  /// The text before the first word that stands for what is no number; nil where there is none.
  private static func namesNoNumber(_ text: String) -> String? {
    var word: [UInt8] = []
    for (place, byte) in (Array(text.utf8) + [0]).enumerated() {
      let lower = byte | 0x20
      if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) {
        word.append(lower)
        continue
      }
      if word == Array("nan".utf8) || word == Array("inf".utf8) || word == Array("infinity".utf8) {
        return String(decoding: Array(text.utf8)[max(place - 80, 0)..<place], as: UTF8.self)
      }
      word.removeAll(keepingCapacity: true)
    }
    return nil
  }

  @Test(
    "no number of a report is a NaN or an infinity, whatever a column holds",
    arguments: ["judge_score", "cost_actual_usd", "chosen_propensity", "input_tokens", "observed_latency_ms"])
  func columns(column: String) throws {
    let catalog = try ExtremeNumbersTests.catalog { (0.5, Double($0 + 1)) }
    for value in ExtremeNumbersTests.extremes {
      for (name, isChanged) in ExtremeNumbersTests.share.sorted(by: { $0.key < $1.key }) {
        try ExtremeNumbersTests.check(
          ExtremeNumbersTests.rows(column, value, in: isChanged), catalog: catalog,
          yaml: column == "input_tokens" ? "input_tokens: true" : "", "\(column) = \(value) in \(name)")
      }
    }
  }

  @Test(
    "costs and propensities of any size beside each other give finite numbers",
    arguments: [
      ("cost_actual_usd", ["1e6", "1e-12"]), ("cost_actual_usd", ["5e-324", "1e6"]),
      ("cost_actual_usd", ["1e6", "1e6"]), ("cost_actual_usd", ["", "1e6"]), ("chosen_propensity", ["1e-9", "1"]),
      ("chosen_propensity", ["1e-9", "1e-9"]), ("chosen_propensity", ["1e-9", "9.9e-10"]),
      ("judge_score", ["1", "1.0000000000000002"]), ("judge_score", ["5", "5"]), ("judge_score", ["1", "1"]),
    ])
  func mixtures(column: String, values: [String]) throws {
    let catalog = try ExtremeNumbersTests.catalog { (0.5, Double($0 + 1)) }
    for period in [2, 3, 50] {
      let first = ExtremeNumbersTests.rows(column, values[0]) { _ in true }
      let second = ExtremeNumbersTests.rows(column, values[1]) { _ in true }
      let lines = zip(first.split(separator: "\n"), second.split(separator: "\n")).enumerated().map {
        $0.offset % period == 1 ? $0.element.0 : $0.element.1
      }
      try ExtremeNumbersTests.check(
        lines.joined(separator: "\n"), catalog: catalog, "\(column) of \(values), one in \(period)", mustEnd: true)
    }
  }

  @Test(
    "an instant at either end of the calendar gives finite numbers, with the shortest half-life too",
    arguments: ["0001-01-01", "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-02-31", "infinity"])
  func instants(value: String) throws {
    let catalog = try ExtremeNumbersTests.catalog { (0.5, Double($0 + 1)) }
    for (name, isChanged) in ExtremeNumbersTests.share {
      for yaml in ["", "half_life_days: 0.01", "half_life_days: 3650\nridge_cell: auto"] {
        try ExtremeNumbersTests.check(
          ExtremeNumbersTests.rows("created_at", value, in: isChanged), catalog: catalog, yaml: yaml,
          "created_at = \(value) in \(name), \(yaml)")
      }
    }
  }

  @Test("priors, prices and settings at their bounds give finite numbers")
  func bounds() throws {
    let csv = ExtremeNumbersTests.rows("", "") { _ in false }
    let unknown = ExtremeNumbersTests.rows("cost_actual_usd", "") { $0 % 4 < 3 }
    for (prior, price) in [(0.0, 1e-9), (1, 1e6), (0, 1e6), (1, 1e-9), (0.5, 0)] {
      let catalog = try ExtremeNumbersTests.catalog { $0 == 2 ? (prior, price) : (0.5, 1) }
      for text in [csv, unknown] {
        try ExtremeNumbersTests.check(text, catalog: catalog, "prior \(prior), price \(price)", mustEnd: true)
      }
    }
    let catalog = try ExtremeNumbersTests.catalog { (0.5, Double($0 + 1)) }
    for yaml in [
      "ridge_cell: 1e-6\nridge_shared: 1e-6\nridge_tenant: 1e-6\nalpha: 100",
      "ridge_cell: 1e6\nridge_shared: 1e6\nridge_tenant: 1e6\nalpha: 0", "min_support: 0\nmin_effective_sample_size: 0",
      "holdout_share: 1e-300", "holdout_share: 0.9999999999999999", "exploration: 0.9999999999999999",
      "done_gain: 5e-324\ncost_share: 5e-324\ncost_limit: 5e-324\ndrift_difference: 5e-324\ndone_tolerance: 0",
      "evidence: both\nobjective: reward\nstrict: true", "decision_rule: lowest_price_per_quality\nbootstrap_seed: 0",
    ] {
      try ExtremeNumbersTests.check(csv, catalog: catalog, yaml: yaml, yaml, mustEnd: true)
    }
  }
}
