internal import Outcomes
internal import Postgres

/// The outcomes: what is in flight, what the judge wrote, and what is not known of them.
extension Doctor {
  /// Of outcomes for which nothing was chosen, nothing ran and nothing will.
  private static let isServed = "decision_rule::text NOT IN ('no_candidate_clears_floor', 'no_candidate_enrolled')"
  /// A gateway's clock may be a little ahead of the server's.
  private static let isFuture = "> now() + interval '10 seconds'"

  private func number(_ text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }

  func orphans(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND inference_id IS NULL AND outcome_status IS NOT NULL AND \(Doctor.isServed)")
    return [
      counted(
        "orphans", count, one: "finished outcome has no inference and is left out",
        more: "finished outcomes have no inference and are left out", advice: "look at the gateway's provider errors")
    ]
  }

  func inFlight(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND outcome_status IS NULL AND created_at < now() - interval '1 hour' "
        + "AND \(Doctor.isServed)")
    return [
      counted(
        "in flight", count, one: "outcome has not been complete for more than an hour",
        more: "outcomes have not been complete for more than an hour", advice: "look at the gateway's completions")
    ]
  }

  func routed(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "inferences", where: "status::text = 'routed' AND created_at < now() - interval '1 hour'")
    return [
      counted(
        "routed", count, one: "call has been routed for more than an hour",
        more: "calls have been routed for more than an hour", advice: "look at the gateway's workers")
    ]
  }

  func future(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(connection, "routing_outcomes", where: "created_at \(Doctor.isFuture)")
    let outcomes = counted(
      "future outcomes", count, one: "outcome is dated later than now and is left out until then",
      more: "outcomes are dated later than now and are left out until then",
      advice: "find out which clock dates created_at")
    let runs = try self.count(connection, "training_runs", where: "run_at \(Doctor.isFuture)")
    let endless = try self.count(connection, "training_runs", where: "run_at = 'infinity'")
    guard endless == 0 else {
      return [
        outcomes,
        Finding(
          "future runs", .fail,
          "run_at of \(endless) \(endless == 1 ? "run" : "runs") is infinity, and no run can come after it",
          cure: .advice("correct run_at in the ledger"), exitStatus: exitStatus(GatewayError.badRows(""))),
      ]
    }
    return [
      outcomes,
      counted(
        "future runs", runs, one: "run of the ledger is dated later than now",
        more: "runs of the ledger are dated later than now",
        advice: "find out whether the server's clock was wrong then; runs are ordered by these times"),
    ]
  }

  func labels(_ connection: borrowing Connection) throws -> [Finding] {
    let days = try connection.query(
      "SELECT CASE WHEN isfinite(newest) THEN extract(epoch FROM now() - newest)::float8 / 86400 "
        + "WHEN newest IS NOT NULL THEN -1 END "
        + "FROM (SELECT max(judge_labeled_at) AS newest FROM \(table("routing_outcomes"))) AS labels"
    ).scalar.flatMap { Double($0) }.flatMap { Int(exactly: $0.rounded(.down)) }
    guard let days else {
      return [Finding("labels", .warn, "no outcome has been labelled", cure: .advice("start the judge"))]
    }
    guard days >= 0 else {
      return [
        Finding(
          "labels", .warn, "the newest label is dated later than now",
          cure: .advice("find out which clock dates judge_labeled_at"))
      ]
    }
    let isFresh = days < 2
    return [
      Finding(
        "labels", isFresh ? .ok : .warn,
        days == 0 ? "the newest is of the last 24 hours" : "the newest is \(days) \(days == 1 ? "day" : "days") old",
        cure: isFresh ? nil : .advice("look at the judge"))
    ]
  }

  func shareJudged(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      "SELECT count(*), count(*) FILTER (WHERE judge_status::text = 'labeled') FROM \(table("routing_outcomes")) "
        + "WHERE \(inWindow) AND outcome_status IS NOT NULL"
    ).rows[0]
    let (all, judged) = (number(row[0]), number(row[1]))
    let percent = all > 0 ? 100 * Double(judged) / Double(all) : 0
    let isEnough = judged >= 100
    return [
      Finding(
        "share judged", isEnough ? .ok : .warn,
        "\(judged) of \(all) complete \(all == 1 ? "outcome" : "outcomes") in the window, \(Int(percent)) %",
        cure: isEnough ? nil : .advice("let the judge see more outcomes; the gate needs some hundreds"))
    ]
  }

  func labelSanity(_ connection: borrowing Connection) throws -> [Finding] {
    let outside = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND judge_status::text = 'labeled' "
        + "AND (judge_score IS NULL OR NOT (judge_score >= 1 AND judge_score <= 5))")
    let worthless = try list(
      connection,
      "SELECT chosen_model_slug::text FROM \(table("routing_outcomes")) WHERE \(inWindow) "
        + "AND judge_status::text = 'labeled' AND outcome_status::text = 'succeeded' "
        + "GROUP BY 1 HAVING count(*) >= 10 AND max(judge_score) = 1 ORDER BY 1")
    return [
      counted(
        "label sanity", outside, one: "labelled outcome has no score from 1 to 5",
        more: "labelled outcomes have no score from 1 to 5", none: "every label has a score from 1 to 5",
        advice: "look at the judge's scale"),
      named(
        "worthless models", worthless, one: "model has nothing but the lowest score, which holds the gate",
        more: "models have nothing but the lowest score, which holds the gate",
        advice: "look at the judge's prompt for what is named"),
    ]
  }

  /// A cost that is not known is left out of every mean, and too many of them hold the gate.
  func costs(_ connection: borrowing Connection) throws -> [Finding] {
    let rows = try connection.query(
      "SELECT chosen_model_slug::text, count(*) FILTER (WHERE cost_actual_usd IS NULL "
        + "OR NOT (cost_actual_usd >= 0 AND cost_actual_usd <= \(Int(Outcome.highestCost)))) AS unknown, count(*) "
        + "FROM \(table("routing_outcomes")) WHERE \(inWindow) AND inference_id IS NOT NULL "
        + "AND outcome_status::text = 'succeeded' GROUP BY 1 ORDER BY 2 DESC, 1"
    ).rows
    let unknown = rows.reduce(0) { $0 + number($1[1]) }
    guard unknown > 0 else { return [Finding("costs", .ok, "known of every call that succeeded")] }
    let models = rows.filter { number($0[1]) > 0 }.map { "\($0[0] ?? "no model") \($0[1] ?? "") of \($0[2] ?? "")" }
    return [
      Finding(
        "costs", .warn,
        "\(unknown) \(unknown == 1 ? "call" : "calls") that succeeded without a cost, or with one that is negative or no "
          + "number: \(Doctor.shown(models))",
        cure: .advice("repair what writes cost_actual_usd; the gate holds where more than 2 % are not known"))
    ]
  }

  func propensities(_ connection: borrowing Connection) throws -> [Finding] {
    let columns = try preflight.existingTables(connection)["routing_outcomes"]?.columns ?? [:]
    guard columns["chosen_propensity"] != nil else { return [] }
    let count = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND chosen_propensity IS NOT NULL "
        + "AND NOT (chosen_propensity >= \(Propensity.least) AND chosen_propensity <= 1)")
    return [
      counted(
        "propensities", count, one: "outcome has a chosen_propensity outside (0,1] or under 1e-9 and gets no weight",
        more: "outcomes have a chosen_propensity outside (0,1] or under 1e-9 and get no weight",
        none: "all that are logged are in (0,1]", advice: "repair what the router logs")
    ]
  }
}

/// The catalog of models.
extension Doctor {
  func catalog(_ connection: borrowing Connection) throws -> [Finding] {
    let unknown = try list(
      connection,
      "SELECT DISTINCT chosen_model_slug::text FROM \(table("routing_outcomes")) o WHERE \(inWindow) "
        + "AND chosen_model_slug IS NOT NULL AND NOT EXISTS (SELECT FROM \(table("models")) m "
        + "WHERE m.slug::text = o.chosen_model_slug::text) ORDER BY 1")
    return [
      named(
        "catalog", unknown, one: "model in outcomes is not in the catalog",
        more: "models in outcomes are not in the catalog", none: "has every model in outcomes",
        advice: "add what is missing to models; its outcomes are left out until then")
    ]
  }

  /// The models as a run reads them.
  func models(_ connection: borrowing Connection) throws -> [Finding] {
    let duplicates = try list(
      connection, "SELECT slug::text FROM \(table("models")) GROUP BY 1 HAVING count(*) > 1 ORDER BY 1")
    let status = exitStatus(GatewayError.badRows(""))
    let unique = named(
      "duplicate slugs", duplicates, one: "slug stands in models more than once",
      more: "slugs stand in models more than once",
      advice: "decide which of the rows is right, and take the others out of models", failure: status)
    guard duplicates.isEmpty else { return [unique] }
    do {
      let models = try GatewayOutcomes.catalog(connection, preflight.schema([:]), floors).models
      let allowed = models.filter(\.isAllowed).count
      return [
        unique,
        Finding("models", .ok, "\(models.count) \(models.count == 1 ? "model" : "models"), \(allowed) allowed"),
      ]
    } catch let error as PostgresError {
      throw error
    } catch {
      return [
        unique,
        Finding(
          "models", .fail, "\(error)", cure: .advice("correct the row of models"), exitStatus: exitStatus(error)),
      ]
    }
  }

  func priors(_ connection: borrowing Connection) throws -> [Finding] {
    let models = try list(
      connection, "SELECT slug::text FROM \(table("models")) WHERE q_prior IS NULL AND m_allowed ORDER BY 1")
    return [
      named(
        "priors", models, one: "allowed model has no prior and is never chosen",
        more: "allowed models have no prior and are never chosen", none: "every allowed model has one",
        advice: "give models.q_prior a value in [0,1]")
    ]
  }
}
