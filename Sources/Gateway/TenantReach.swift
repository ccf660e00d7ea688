internal import Postgres
internal import Replay

/// How many tenants a version reached, beside how many it should have reached.
struct TenantReach {
  /// The key in `training_runs.evaluation`.
  static let key = "tenants_moved"

  /// The share by which the statistics of a large table may be wrong.
  private static let slack = 0.01

  private let moved: Int
  private let last: Int?
  private let statistics: ClosedRange<Int>?

  /// Reads what the ledger and the statistics say, for the role may not count the tenants.
  /// - Throws: `PostgresError`.
  init(moved: Int, _ connection: borrowing Connection, _ ledger: Ledger) throws(PostgresError) {
    self.moved = moved
    last = try TenantReach.lastMoved(connection, ledger)
    statistics = try TenantReach.statistics(connection, ledger)
  }

  /// The number of the last promotion that has one.
  private static func lastMoved(
    _ connection: borrowing Connection, _ ledger: Ledger
  ) throws(PostgresError) -> Int? {
    guard ledger.schema.hasEvaluation else { return nil }
    return try connection.query(
      "SELECT evaluation::jsonb ->> '\(key)' FROM \(ledger.table("training_runs")) "
        + "WHERE promoted AND evaluation::jsonb ->> '\(key)' ~ '^[0-9]{1,18}$' ORDER BY run_at DESC, id DESC LIMIT 1"
    ).scalar.flatMap { Int($0) }
  }

  /// How many rows the table has by the live count and by the catalog, or the largest of the tables that a view shows; nil
  /// where they say nothing. The live count errs after an ANALYZE or a restart, the catalog is as old as the last ANALYZE.
  private static func statistics(
    _ connection: borrowing Connection, _ ledger: Ledger
  ) throws(PostgresError) -> ClosedRange<Int>? {
    let row = try connection.query(
      """
      WITH RECURSIVE base (root, oid, relkind) AS ( \
      SELECT c.oid, c.oid, c.relkind FROM pg_class c WHERE c.oid = $1::regclass \
      UNION SELECT CASE WHEN b.relkind = 'v' THEN c.oid ELSE b.root END, c.oid, c.relkind FROM base b \
      JOIN ( \
      SELECT w.ev_class AS parent, d.refobjid AS child FROM pg_rewrite w JOIN pg_depend d ON d.objid = w.oid \
      AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class \
      UNION SELECT i.inhparent, i.inhrelid FROM pg_inherits i) AS parts ON parts.parent = b.oid \
      JOIN pg_class c ON c.oid = parts.child WHERE b.relkind IN ('v', 'p')) \
      SELECT sum(pg_stat_get_live_tuples(b.oid)), sum(greatest(c.reltuples, 0)::bigint) \
      FROM base b JOIN pg_class c USING (oid) WHERE b.relkind = 'r' GROUP BY b.root ORDER BY 2 DESC, 1 DESC LIMIT 1
      """, [ledger.table("tenant_routing_policies")]
    ).rows.first
    let counts = (row ?? []).compactMap { $0.flatMap { Int($0) } }.filter { $0 > 0 }
    guard let least = counts.min(), let most = counts.max() else { return nil }
    return least...most
  }

  /// What the statistics are taken to say. A doubt that has no other ground must not hold a night, so the lower count
  /// decides; where fewer were reached than the last time, the higher one does.
  private var counted: Int? {
    let hasFallen = last.map { moved < $0 } ?? false
    return hasFallen ? statistics?.upperBound : statistics?.lowerBound
  }

  /// The check of the gate.
  /// - Parameter isFewerAllowed: whether the operator says that there are fewer tenants now.
  func check(isFewerAllowed: Bool) -> GateCheck {
    Gate.reachCheck(
      moved: moved, last: last, counted: counted, isEnough: isEnough, isFewerAllowed: isFewerAllowed && moved > 0)
  }

  /// Fewer than the last promotion reached are enough only where the statistics say that there are no more.
  private var isEnough: Bool {
    if moved == 0 { return counted == nil && (last ?? 0) == 0 }
    if let last, moved >= last { return true }
    guard let counted else { return last == nil }
    return moved >= counted - Int(TenantReach.slack * Double(counted))
  }
}
