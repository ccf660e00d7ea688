internal import Policies
public import Postgres
public import Replay

extension Ledger {
  /// The reason of a rollback's row.
  static let rollbackReason = "rollback"
  /// The reason of the row by which a person resumes.
  static let resumeReason = "resume"

  /// Reads the incumbent, and what the ledger says of tonight.
  /// - Parameter anchorDays: how many days ago the policy served that the candidate is held against.
  /// - Throws: `GatewayError.unreadablePolicy`; `PostgresError`.
  public func incumbent(
    _ connection: borrowing Connection, exploration: Double, anchorDays: Double
  ) throws -> Incumbent {
    let tries = try tries(connection)
    let row = try connection.query(
      "SELECT id::text, policy_version_to::text, exploration_floor::float8, ruleset_hash::text "
        + "FROM \(table("training_runs")) WHERE promoted ORDER BY run_at DESC, id DESC LIMIT 1"
    ).rows.first
    guard let row else {
      return Incumbent(
        version: nil, policy: .untrained(exploration: exploration), rulesetHash: nil, triesSince: tries, pause: nil,
        rolledBack: [], anchor: nil)
    }
    let policy = try policy(
      connection, run: row[0] ?? "", version: row[1] ?? "", exploration: row[2], use: .incumbent)
    return Incumbent(
      version: try PolicyVersion(row[1] ?? ""), policy: policy, rulesetHash: row[3], triesSince: tries,
      pause: try pause(connection), rolledBack: try rolledBack(connection),
      anchor: try anchor(connection, exploration: exploration, days: anchorDays, incumbent: row[1] ?? ""))
  }

  /// The version that every tenant went back to and nobody has resumed from; nil where nothing is paused.
  /// - Throws: `PostgresError`.
  public func pause(_ connection: borrowing Connection) throws(PostgresError) -> LedgerStanding.Pause? {
    let rows = try connection.query(
      "SELECT to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), policy_version_from::text, "
        + "policy_version_to::text FROM \(table("training_runs")) r WHERE promoted AND promote_reason::text = $1 "
        + "AND NOT EXISTS (SELECT FROM \(table("training_runs")) l WHERE l.run_at > r.run_at AND "
        + "((l.promoted AND l.promote_reason::text <> $1) OR (NOT l.promoted AND l.promote_reason::text = $2))) "
        + "ORDER BY run_at DESC, id DESC LIMIT 1", [Ledger.rollbackReason, Ledger.resumeReason]
    ).rows
    return rows.first.map { LedgerStanding.Pause(since: $0[0] ?? "", from: $0[1] ?? "", to: $0[2] ?? "") }
  }

  /// A try is a run whose evidence was looked at. A rollback is a person's word and no promotion, so tries before it count
  /// on. Rows of an earlier program do not say whether they were looked at; their reason begins with the first failure.
  private func tries(_ connection: borrowing Connection) throws(PostgresError) -> Int {
    let early = GateCheck.Name.allCases.filter(\.precedesEvidence).map(\.rawValue) + ["cadence", Ledger.resumeReason]
    let names = early.map { SQLText.literal($0) }.joined(separator: ", ")
    let byReason = "split_part(promote_reason::text, ':', 1) NOT IN (\(names))"
    let isTry =
      schema.hasEvaluation
      ? "coalesce((evaluation::jsonb ->> 'evidence_looked_at')::boolean, \(byReason))" : byReason
    return try connection.query(
      "SELECT count(*) FROM \(table("training_runs")) WHERE cadence::text <> 'shadow' AND NOT promoted AND \(isTry) "
        + "AND run_at > coalesce((SELECT max(run_at) FROM \(table("training_runs")) "
        + "WHERE promoted AND promote_reason::text <> \(SQLText.literal(Ledger.rollbackReason))), '-infinity')"
    ).scalar.flatMap { Int($0) } ?? 0
  }

  private func rolledBack(_ connection: borrowing Connection) throws(PostgresError) -> [String] {
    try connection.query(
      "SELECT policy_version_from::text FROM \(table("training_runs")) r WHERE promoted AND promote_reason::text = $1 "
        + "GROUP BY 1 HAVING max(run_at) > coalesce((SELECT max(p.run_at) FROM \(table("training_runs")) p "
        + "WHERE p.promoted AND split_part(p.policy_version_to::text, '+', 2) "
        + "= split_part(r.policy_version_from::text, '+', 2)), '-infinity') ORDER BY max(run_at) DESC",
      [Ledger.rollbackReason]
    ).rows.compactMap { $0[0] }
  }

  /// Before the first promotion the static policy served.
  private func anchor(
    _ connection: borrowing Connection, exploration: Double, days: Double, incumbent: String
  ) throws -> Incumbent.Anchor? {
    let row = try connection.query(
      "SELECT id::text, policy_version_to::text, exploration_floor::float8 "
        + "FROM \(table("training_runs")) WHERE promoted AND run_at <= now() - make_interval(secs => \(days * 86_400)) "
        + "ORDER BY run_at DESC, id DESC LIMIT 1"
    ).rows.first
    guard let row else {
      let untrained = Policy.untrained(exploration: exploration)
      return Incumbent.Anchor(version: PolicyVersion.untrained(hash: untrained.hash).description, policy: untrained)
    }
    guard let version = row[1], version != incumbent else { return nil }
    return Incumbent.Anchor(
      version: version,
      policy: try policy(
        connection, run: row[0] ?? "", version: version, exploration: row[2], use: .anchor))
  }
}
