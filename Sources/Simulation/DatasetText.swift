public import FoundationEssentials
internal import Outcomes

/// The text of a simulated dataset, with the column names of `routing_outcomes`.
public enum DatasetText {
  /// The header of the CSV.
  public static let header =
    "id,created_at,tenant_id,agent_id,inference_id,task_type,cell,chosen_model_slug,decision_rule,outcome_status,"
    + "policy_version,judge_score,judge_model,judge_labeled_at,judge_status,observed_latency_ms,cost_actual_usd,"
    + "chosen_propensity,decision_type,source\n"

  /// One line of the CSV. No field needs quotes.
  /// - Parameter start: the first instant of the log.
  public static func line(_ outcome: SimulatedOutcome, of world: World, start: Date) -> String {
    let created = timestamp(start.addingTimeInterval(outcome.second))
    let cell = world.cells[outcome.cell]
    let model = world.catalog.models[outcome.arm].slug
    let agent = identifier("a", Int(cell.tenant.suffix(12)) ?? 0, outcome.agent)
    let fields: [String] = [
      identifier("0", 1, outcome.number), created, cell.tenant, agent, identifier("f", 1, outcome.number), cell.task,
      "\(cell.task):\(model):\(cell.band)", model, "cheapest_clearing_floor",
      outcome.succeeded ? "succeeded" : "failed_provider_error", "balanced@\(outcome.version)",
    ]
    let isInstant = outcome.labelSecond == outcome.second
    let labels: [String] =
      outcome.score.map {
        [
          String($0), world.conditions.judge.name,
          isInstant ? created : timestamp(start.addingTimeInterval(outcome.labelSecond)), "labeled",
        ]
      } ?? ["", "", "", "unlabeled"]
    let rest = [
      String(outcome.latency), outcome.cost.decimals(9), outcome.propensity.logged?.decimals(6) ?? "",
      outcome.propensity == .deterministic ? "deterministic" : "exploring", "synthetic",
    ]
    return (fields + labels + rest).joined(separator: ",") + "\n"
  }

  private static func timestamp(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// A UUID that says that it is made up.
  private static func identifier(_ kind: String, _ high: Int, _ low: Int) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: width - text.count) + text
    }
    return "\(kind)\(padded(high, 7))-0000-4000-8000-\(padded(low, 12))"
  }
}
