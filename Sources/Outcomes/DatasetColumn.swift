/// A column of a dataset.
enum DatasetColumn: Int, CaseIterable {
  case createdAt, model, score, judge, judgeStatus, source, inference, status, trafficClass
  case trafficOrigin, isExcluded, isInternal, agent, tenant, task, cell, policyVersion, cost, propensity, decisionType,
    inputTokens

  private static let names = [
    "created_at", "chosen_model_slug", "judge_score", "judge_model", "judge_status", "source", "inference_id",
    "outcome_status", "traffic_class", "traffic_origin", "exclude_from_training", "fleet_agent", "agent_id",
    "tenant_id",
    "task_type", "cell", "policy_version", "cost_actual_usd", "chosen_propensity", "decision_type", "input_tokens",
  ]

  /// Its name in `routing_outcomes`.
  var name: String { DatasetColumn.names[rawValue] }

  /// A header of all columns in their order.
  static let header = DatasetRecord(fields: allCases.map(\.name), line: 1)

  /// The columns without which nothing can be learned.
  static let required: [DatasetColumn] = [.createdAt, .model, .score]
}
