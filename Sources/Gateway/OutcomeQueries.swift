public import Outcomes
internal import Postgres

/// The SQL that reads outcomes: what is eligible and what is counted.
public struct OutcomeQueries: Sendable {
  private let schema: GatewaySchema
  private let selection: OutcomeSelection
  private let slugs: [String]
  private let window: ClosedRange<String>
  private let unreadable: [Instant]

  /// Builds queries over a window of time, given as the server writes instants.
  /// - Parameter unreadable: the instants whose rows are passed over.
  public init(
    schema: GatewaySchema, selection: OutcomeSelection, slugs: [String], window: ClosedRange<String>,
    unreadable: [Instant] = []
  ) {
    self.schema = schema
    self.selection = selection
    self.slugs = slugs
    self.window = window
    self.unreadable = unreadable
  }

  private func has(_ column: String) -> Bool { schema.outcomeColumns.contains(column) }

  private func table(_ name: String) -> String {
    SQLText.table(name, schema: schema.name)
  }

  /// The outcomes. Where rows are passed over, OFFSET 0 keeps the server from reading a value of theirs before that.
  private var outcomes: String {
    guard !unreadable.isEmpty else { return "\(table("routing_outcomes")) o" }
    let columns = ExpectedColumn.outcomes.filter { $0.isRequired || has($0.name) }.map(\.name)
    return "(SELECT \(columns.joined(separator: ", ")) FROM \(table("routing_outcomes")) "
      + "WHERE created_at <> ALL (\(instants)) OFFSET 0) o"
  }

  private var instants: String {
    "ARRAY[" + unreadable.map { SQLText.literal($0.description) }.joined(separator: ", ") + "]::timestamptz[]"
  }

  /// How many rows are passed over.
  var passedOver: String {
    "SELECT count(*) FROM \(table("routing_outcomes")) o WHERE \(inWindow) AND o.created_at = ANY (\(instants))"
  }

  /// Every eligible row of the window.
  var eligible: String { rows("true") }

  private var inWindow: String {
    "o.created_at >= \(SQLText.literal(window.lowerBound))::timestamptz "
      + "AND o.created_at <= \(SQLText.literal(window.upperBound))::timestamptz"
  }

  private let isSucceeded = "o.outcome_status::text = 'succeeded'"
  private let isFailed = "starts_with(o.outcome_status::text, 'failed')"

  /// The tests of the funnel, each true where a row falls, in order.
  private var falls: [(step: FunnelStep, test: String)] {
    let known = slugs.map { SQLText.literal($0) }.joined(separator: ", ")
    var tests: [(FunnelStep, String)] = [
      (.noInference, "o.inference_id IS NULL"),
      (.notComplete, "o.outcome_status IS NULL"),
      (.unknownStatus, "NOT (\(isSucceeded) OR \(isFailed))"),
      (.notJudged, "\(isSucceeded) AND o.judge_status::text IS DISTINCT FROM 'labeled'"),
      (
        .badScore,
        "\(isSucceeded) AND (o.judge_score IS NULL OR NOT (o.judge_score >= 1 AND o.judge_score <= 5))"
      ),
      (
        .unknownModel,
        "o.chosen_model_slug IS NULL OR NOT (o.chosen_model_slug::text = ANY (ARRAY[\(known)]::text[]))"
      ),
    ]
    if has("source"), selection.source != "any" {
      tests.append((.otherSource, "o.source::text IS DISTINCT FROM \(SQLText.literal(selection.source))"))
    }
    if !has("source"), selection.source == "synthetic" { tests.append((.otherSource, "true")) }
    if has("traffic_class") { tests.append((.probe, "coalesce(o.traffic_class::text = 'internal_probe', false)")) }
    if has("traffic_origin") {
      let degraded = "coalesce(o.traffic_origin::text IN ('degraded', 'mlx', 'mlx-degraded'), false)"
      tests.append((.degraded, degraded))
    }
    if has("exclude_from_training") { tests.append((.excluded, "coalesce(o.exclude_from_training, false)")) }
    tests.append((.selfJudged, "\(isSucceeded) AND coalesce(o.judge_model::text = o.chosen_model_slug::text, false)"))
    return tests
  }

  /// The server's clock and the window of this many days before it.
  static func clock(days: Double) -> String {
    "SELECT now()::text, (now() - make_interval(secs => \(days * 86_400)))::text"
  }

  /// The rows of each step, judge, source and hour, failed calls apart, with the least instant; step 0 is eligible. Counting
  /// needs no order, so the server may use its workers.
  var survey: String {
    let cases = falls.map { "WHEN \($0.test) THEN \($0.step.rawValue)" }.joined(separator: " ")
    let source = has("source") ? OutcomeQueries.shortened("o.source::text") : "'prod'"
    let judge = OutcomeQueries.shortened("o.judge_model::text")
    // Grouped by the hour itself and not by its text, which would be made for each row.
    let hour = "date_bin('1 hour', o.created_at::timestamptz, \(SQLText.literal(window.lowerBound))::timestamptz)"
    return "SELECT CASE \(cases) ELSE 0 END, \(judge), \(source), (\(hour))::text, count(*), "
      + "min(o.created_at)::text, coalesce(\(isFailed), false), "
      + "count(*) FILTER (WHERE o.judge_score = 1), "
      + "(extract(epoch FROM \(hour) - \(SQLText.literal(window.lowerBound))::timestamptz) / 3600)::bigint FROM \(outcomes) WHERE \(inWindow) "
      + "GROUP BY 1, 2, 3, \(hour), 7"
  }

  /// A name that is cut off where it is long, with a hash of the whole, so that two long names stay two.
  private static func shortened(_ name: String) -> String {
    "CASE WHEN octet_length(\(name)) <= 200 THEN \(name) "
      + "ELSE left(\(name), 80) || '... #' || to_hex(hashtextextended(\(name), 0)) END"
  }

  /// The succeeded outcomes of each stratum in each half, and how many of them are eligible, where judging decides.
  func strata(cut: String) -> String {
    let isTraffic = falls.filter { !FunnelStep.judging.contains($0.step) }.map { " AND NOT (\($0.test))" }.joined()
    let isJudged = falls.filter { FunnelStep.judging.contains($0.step) }.map { "NOT (\($0.test))" }.joined(
      separator: " AND ")
    return "SELECT \(task), \(band), o.chosen_model_slug::text, \(isFrom(cut)), count(*), "
      + "count(*) FILTER (WHERE \(isJudged)) FROM \(outcomes) "
      + "WHERE \(inWindow)\(isTraffic) AND \(isSucceeded) GROUP BY 1, 2, 3, 4"
  }

  private func isFrom(_ cut: String) -> String { "o.created_at >= \(SQLText.literal(cut))::timestamptz" }

  /// The instant of the eligible row that has `offset` others before it, of those in the hour from `hour` on.
  func cut(hour: String, offset: Int) -> String {
    "SELECT o.created_at::timestamptz::text FROM \(outcomes) WHERE \(isEligible) "
      + "AND o.created_at >= \(SQLText.literal(hour))::timestamptz "
      + "AND o.created_at < \(SQLText.literal(hour))::timestamptz + interval '1 hour' "
      + "ORDER BY o.created_at OFFSET \(offset) LIMIT 1"
  }

  /// How many eligible rows lie from the hour on and strictly before the cut.
  func count(from hour: String, before cut: String) -> String {
    "SELECT count(*) FROM \(outcomes) WHERE \(isEligible) "
      + "AND o.created_at >= \(SQLText.literal(hour))::timestamptz "
      + "AND o.created_at < \(SQLText.literal(cut))::timestamptz"
  }

  private var isEligible: String {
    inWindow + falls.map { " AND NOT (\($0.test))" }.joined()
  }

  /// What a stream of rows has: cell, model, score, succeeded, cost, agent, propensity, deterministic, internal, age in
  /// seconds, input tokens, period of the holdout, policy version.
  static let columns = 13

  private static let isStored =
    "split_part(o.cell::text, ':', 1) <> '' AND split_part(o.cell::text, ':', 3) <> '' AND "
    + "length(o.cell::text) - length(replace(o.cell::text, ':', '')) = 2"
  private static let preset =
    "CASE split_part(o.policy_version::text, '@', 1) WHEN 'cost_first' THEN 'cost' WHEN 'quality_first' THEN "
    + "'quality' WHEN 'latency_first' THEN 'latency' WHEN 'strict' THEN 'strict' WHEN 'custom' THEN 'weighted' "
    + "ELSE 'balanced' END"

  private var task: String {
    "CASE WHEN \(OutcomeQueries.isStored) THEN split_part(o.cell::text, ':', 1) ELSE 'general' END"
  }

  private var band: String {
    "CASE WHEN \(OutcomeQueries.isStored) THEN split_part(o.cell::text, ':', 3) ELSE \(OutcomeQueries.preset) END"
  }

  private func fields(period: String, version: String) -> String {
    let tenant = "':' || o.tenant_id::text || ':'"
    let name =
      "CASE WHEN \(OutcomeQueries.isStored) THEN split_part(o.cell::text, ':', 1) || \(tenant) "
      + "|| split_part(o.cell::text, ':', 3) ELSE 'general' || \(tenant) || \(OutcomeQueries.preset) END"
    let age =
      selection.halfLifeDays == nil
      ? "NULL::float8"
      : "extract(epoch FROM \(SQLText.literal(window.upperBound))::timestamptz - o.created_at)::float8"
    return [
      "\(name)", "o.chosen_model_slug::text", "CASE WHEN \(isSucceeded) THEN o.judge_score::float8 END", isSucceeded,
      "o.cost_actual_usd::float8", "o.agent_id::text",
      has("chosen_propensity") ? "o.chosen_propensity::float8" : "NULL::float8",
      has("decision_type") ? "coalesce(o.decision_type::text = 'deterministic', false)" : "false",
      has("fleet_agent") ? "coalesce(o.fleet_agent, false)" : "false", age,
      selection.usesInputTokens ? "i.input_tokens::float8" : "NULL::float8", period, version,
    ].joined(separator: ", ")
  }

  private func rows(
    _ condition: String, period: String = "NULL::int4", version: String = "NULL::text"
  ) -> String {
    let join =
      selection.usesInputTokens
      ? " LEFT JOIN \(table("inferences")) i ON i.id = o.inference_id" : ""
    return
      "SELECT \(fields(period: period, version: version)) FROM \(outcomes)\(join) WHERE \(isEligible) AND \(condition)"
  }

  /// The eligible rows strictly before the cut.
  func training(cut: String) -> String { rows("o.created_at < \(SQLText.literal(cut))::timestamptz") }

  /// The eligible rows from the cut on, with their periods and versions.
  /// - Parameter periods: the first instants of the holdout's periods but the first.
  func holdout(cut: String, periods: [String]) -> String {
    let period = periods.map { "(\(isFrom($0)))::int" }.joined(separator: " + ")
    return rows(isFrom(cut), period: period, version: "left(o.policy_version::text, 200)")
  }
}
