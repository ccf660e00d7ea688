/// A column of the gateway that a run reads or writes.
struct ExpectedColumn {
  /// The families of types that a column may have, with their names for messages.
  enum Family: String {
    case text, number, time, boolean, identifier, json, bytea

    private static let numbers: Set<String> = ["int2", "int4", "int8", "numeric", "float4", "float8"]

    /// Whether the family has a type.
    /// - Parameters:
    ///   - category: `pg_type.typcategory`.
    ///   - type: `pg_type.typname`; of a domain, that of the type below it.
    ///   - isWritten: whether a run writes such a value, and not only reads it as text.
    func contains(category: String, type: String, isWritten: Bool) -> Bool {
      switch self {
      case .text: isWritten ? ["S", "E"].contains(category) : isReadableText(category, type)
      case .number: Family.numbers.contains(type)
      case .time: ["timestamptz", "timestamp"].contains(type) || (type == "date" && !isWritten)
      case .boolean: type == "bool"
      case .identifier:
        type == "uuid" || category == "S" || (!isWritten && (Family.numbers.contains(type) || type == "oid"))
      case .bytea: type == "bytea"
      case .json: type == "jsonb" || type == "json"
      }
    }

    private func isReadableText(_ category: String, _ type: String) -> Bool {
      ["S", "E", "U"].contains(category) && !["json", "jsonb", "bytea", "xml", "tsvector"].contains(type)
    }
  }

  let name: String
  let family: Family
  var isRequired = true
  /// Whether a run writes NULL where it has no value.
  var mayBeNull = false

  static let outcomes: [ExpectedColumn] = [
    ExpectedColumn(name: "id", family: .identifier), ExpectedColumn(name: "created_at", family: .time),
    ExpectedColumn(name: "tenant_id", family: .identifier), ExpectedColumn(name: "agent_id", family: .identifier),
    ExpectedColumn(name: "inference_id", family: .identifier), ExpectedColumn(name: "task_type", family: .text),
    ExpectedColumn(name: "cell", family: .text), ExpectedColumn(name: "chosen_model_slug", family: .text),
    ExpectedColumn(name: "decision_rule", family: .text), ExpectedColumn(name: "outcome_status", family: .text),
    ExpectedColumn(name: "policy_version", family: .text), ExpectedColumn(name: "judge_score", family: .number),
    ExpectedColumn(name: "judge_model", family: .text), ExpectedColumn(name: "judge_labeled_at", family: .time),
    ExpectedColumn(name: "judge_status", family: .text), ExpectedColumn(name: "reward", family: .number),
    ExpectedColumn(name: "observed_latency_ms", family: .number),
    ExpectedColumn(name: "cost_actual_usd", family: .number),
    ExpectedColumn(name: "chosen_propensity", family: .number, isRequired: false),
    ExpectedColumn(name: "decision_type", family: .text, isRequired: false),
    ExpectedColumn(name: "source", family: .text, isRequired: false),
    ExpectedColumn(name: "traffic_class", family: .text, isRequired: false),
    ExpectedColumn(name: "traffic_origin", family: .text, isRequired: false),
    ExpectedColumn(name: "exclude_from_training", family: .boolean, isRequired: false),
    ExpectedColumn(name: "fleet_agent", family: .boolean, isRequired: false),
  ]

  static let models: [ExpectedColumn] = [
    ExpectedColumn(name: "slug", family: .text), ExpectedColumn(name: "q_prior", family: .number),
    ExpectedColumn(name: "price_in_per_mtok_usd", family: .number),
    ExpectedColumn(name: "price_out_per_mtok_usd", family: .number),
    ExpectedColumn(name: "m_allowed", family: .boolean),
  ]

  static let inferences: [ExpectedColumn] = [
    ExpectedColumn(name: "id", family: .identifier), ExpectedColumn(name: "input_tokens", family: .number),
  ]

  static let trainingRuns: [ExpectedColumn] = [
    ExpectedColumn(name: "id", family: .identifier), ExpectedColumn(name: "run_at", family: .time),
    ExpectedColumn(name: "cadence", family: .text), ExpectedColumn(name: "judge_model", family: .text),
    ExpectedColumn(name: "outcomes_judged", family: .number),
    ExpectedColumn(name: "policy_version_from", family: .text),
    ExpectedColumn(name: "policy_version_to", family: .text), ExpectedColumn(name: "promoted", family: .boolean),
    ExpectedColumn(name: "promote_reason", family: .text),
    ExpectedColumn(name: "replay_gate_passed", family: .boolean), ExpectedColumn(name: "per_cell", family: .json),
    ExpectedColumn(name: "delta_done_rate", family: .number, mayBeNull: true),
    ExpectedColumn(name: "delta_cost_usd", family: .number, mayBeNull: true),
    ExpectedColumn(name: "exploration_floor", family: .number), ExpectedColumn(name: "ruleset_hash", family: .text),
    ExpectedColumn(name: "evaluation", family: .json, isRequired: false),
    ExpectedColumn(name: "policy", family: .bytea, isRequired: false),
  ]

  static let policies: [ExpectedColumn] = [ExpectedColumn(name: "active_policy_version", family: .text)]
}
