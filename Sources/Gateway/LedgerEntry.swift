/// A row of the ledger as people look at it, without its table.
public struct LedgerEntry: Sendable, Encodable {
  /// The run's identifier.
  public let id: String
  /// When it was recorded, ISO 8601 in UTC.
  public let runAt: String
  /// `daily`, `manual` or `shadow`.
  public let cadence: String
  /// The judges.
  public let judgeModel: String
  /// The eligible outcomes.
  public let outcomesJudged: Int
  /// The incumbent's version.
  public let policyVersionFrom: String
  /// The candidate's version.
  public let policyVersionTo: String
  /// Whether the candidate was promoted.
  public let promoted: Bool
  /// Why, or why not.
  public let promoteReason: String
  /// Whether the gate passed.
  public let replayGatePassed: Bool
  /// The lift in done.
  public let deltaDoneRate: Double?
  /// The lift in cost, in USD.
  public let deltaCostUsd: Double?
  /// The share of exploration.
  public let explorationFloor: Double
  /// The ruleset.
  public let rulesetHash: String

  /// What `init(row:)` reads, in order.
  static let columns =
    "id::text, to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), cadence::text, "
    + "judge_model::text, outcomes_judged::bigint, policy_version_from::text, policy_version_to::text, promoted, "
    + "promote_reason::text, replay_gate_passed, delta_done_rate::float8, delta_cost_usd::float8, "
    + "exploration_floor::float8, ruleset_hash::text"

  init(row: [String?]) {
    id = row[0] ?? ""
    runAt = row[1] ?? ""
    cadence = row[2] ?? ""
    judgeModel = row[3] ?? ""
    outcomesJudged = row[4].flatMap { Int($0) } ?? 0
    policyVersionFrom = row[5] ?? ""
    policyVersionTo = row[6] ?? ""
    promoted = row[7] == "t"
    promoteReason = row[8] ?? ""
    replayGatePassed = row[9] == "t"
    deltaDoneRate = LedgerEntry.finite(row[10])
    deltaCostUsd = LedgerEntry.finite(row[11])
    explorationFloor = LedgerEntry.finite(row[12]) ?? 0
    rulesetHash = row[13] ?? ""
  }

  /// A number; nil where there is none, or none that is finite, which a run never writes.
  private static func finite(_ text: String?) -> Double? {
    text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
  }
}
