public import Postgres

/// Looks at everything that a run rests on and tells what would go wrong, without changing anything.
public struct Doctor {
  /// What is looked at and how.
  private typealias Look = (name: String, body: (borrowing Connection) throws -> [Finding])

  /// Of outcomes for which nothing was chosen, nothing ran and nothing will.
  private static let isServed = "decision_rule::text NOT IN ('no_candidate_clears_floor', 'no_candidate_enrolled')"

  private let schema: String
  private let windowDays: Double
  private let clock: Double

  /// Makes a doctor.
  /// - Parameters:
  ///   - windowDays: the days of outcomes that a run reads.
  ///   - clock: the worker's clock, in seconds since 1970.
  public init(schema: String, windowDays: Double, clock: Double) {
    self.schema = schema
    self.windowDays = windowDays
    self.clock = clock
  }

  /// Looks at everything, each thing in a transaction of its own, so that one that cannot be looked at hides no other.
  public func examine(_ connection: borrowing Connection, usesInferences: Bool) -> [Finding] {
    let looks: [Look] = [
      ("server", server), ("tls", tls), ("role", role), ("clock", clockDifference),
      ("schema", { try schemaFindings($0, usesInferences) }), ("grants", { try grants($0, usesInferences) }),
      ("grants too many", excessGrants), ("row-level security", { try rowSecurity($0, usesInferences) }),
      rowsSeen("routing_outcomes"), rowsSeen("models"), rowsSeen("training_runs"), ("orphans", orphans),
      ("in flight", inFlight), ("routed", routed), ("labels", labels),
      ("share judged", shareJudged), ("catalog", catalog), ("priors", priors), ("label sanity", labelSanity),
      ("lock", lock),
    ]
    var findings: [Finding] = []
    for look in looks {
      do {
        findings += try connection.transaction("BEGIN READ ONLY") { connection in
          try Session.prepare(connection)
          return try look.body(connection)
        }
      } catch {
        findings.append(Finding(look.name, .warn, "could not be looked at: \(error)"))
      }
    }
    return findings
  }

  private func table(_ name: String) -> String { SQLText.table(name, schema: schema) }

  private var inWindow: String { "created_at >= now() - make_interval(secs => \(windowDays * 86_400))" }

  private func server(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query("SELECT current_setting('server_version'), current_setting('server_version_num')")
      .rows[0]
    let isKnown = (row[1].flatMap { Int($0) } ?? 0) >= 150_000
    return [
      Finding(
        "server", isKnown ? .ok : .warn, "PostgreSQL \(row[0] ?? "?")",
        cure: isKnown ? nil : "use PostgreSQL 15 or later")
    ]
  }

  private func tls(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      "SELECT ssl, version, inet_server_addr() IS NULL FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    ).rows.first
    if row?[2] == "t" { return [Finding("tls", .ok, "a local socket, which needs none")] }
    guard row?[0] == "t" else {
      return [Finding("tls", .warn, "the connection is not encrypted", cure: "add sslmode=verify-full to the address")]
    }
    let mode = connection.parameter("sslmode") ?? "prefer"
    let isVerified = mode.hasPrefix("verify-")
    return [
      Finding(
        "tls", isVerified ? .ok : .warn,
        "\(row?[1] ?? "TLS"), sslmode \(mode)"
          + (isVerified ? ", the server's certificate is verified" : ": anybody could have answered"),
        cure: isVerified ? nil : "add sslmode=verify-full and sslrootcert=FILE to the address")
    ]
  }

  private func role(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      "SELECT current_user, session_user, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
        + "FROM pg_roles WHERE rolname = current_user"
    ).rows[0]
    let names = ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION"]
    let extras = names.indices.filter { row[$0 + 2] == "t" }.map { names[$0] }
    let user = row[0] ?? ""
    let seen = user == row[1] ? user : "\(user), connected as \(row[1] ?? "")"
    guard !extras.isEmpty else { return [Finding("role", .ok, seen)] }
    return [
      Finding(
        "role", .warn, "\(seen) has \(extras.joined(separator: ", ")), which a worker must not have",
        cure: "ALTER ROLE \(SQLText.identifier(user)) " + extras.map { "NO\($0)" }.joined(separator: " "))
    ]
  }

  private func clockDifference(_ connection: borrowing Connection) throws -> [Finding] {
    let server = try connection.query("SELECT extract(epoch FROM clock_timestamp())::float8").scalar.flatMap {
      Double($0)
    }
    let difference = (server ?? clock) - clock
    let isClose = abs(difference) < 60
    return [
      Finding(
        "clock", isClose ? .ok : .warn, "the server's is \(Int(difference)) s ahead of the worker's",
        cure: isClose ? nil : "synchronise the clocks; windows and ages go by the server's")
    ]
  }

  private func preflight(_ usesInferences: Bool) -> Preflight {
    Preflight(schema: schema, uses: Preflight.training(usesInferences: usesInferences))
  }

  private func schemaFindings(_ connection: borrowing Connection, _ usesInferences: Bool) throws -> [Finding] {
    let columns = try preflight(usesInferences).existingColumns(connection)
    let faults = preflight(usesInferences).schemaFaults(columns)
    let absent = preflight(usesInferences).absentOptionalColumns(columns)
    let required =
      faults.isEmpty
      ? [Finding("schema", .ok, "every required column is there, of a type that fits")]
      : faults.map { Finding("schema", .fail, $0, cure: "apply the gateway's migrations", exitStatus: 78) }
    let optional =
      absent.isEmpty
      ? [] : [Finding("optional columns", .ok, "done without: " + absent.joined(separator: ", "))]
    return required + optional
  }

  private func grants(_ connection: borrowing Connection, _ usesInferences: Bool) throws -> [Finding] {
    let preflight = preflight(usesInferences)
    let missing = try preflight.missingGrants(connection, preflight.existingColumns(connection))
    if missing.isEmpty { return [Finding("grants", .ok, "all that a run needs")] }
    return missing.map { Finding("grants", .fail, "a privilege is missing", cure: $0, exitStatus: 77) }
  }

  private func excessGrants(_ connection: borrowing Connection) throws -> [Finding] {
    let rows = try connection.query(
      """
      SELECT c.relname, p.privilege FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE', 'INSERT', 'UPDATE', 'SELECT', 'REFERENCES', 'TRIGGER']) AS p (privilege) \
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v') AND pg_catalog.has_table_privilege(c.oid, p.privilege) \
      AND CASE WHEN c.relname = 'tenant_routing_policies' THEN true \
      WHEN c.relname = 'training_runs' THEN p.privilege NOT IN ('SELECT', 'INSERT') \
      ELSE p.privilege <> 'SELECT' END ORDER BY 1, 2
      """, [schema]
    ).rows
    guard !rows.isEmpty else { return [Finding("grants too many", .ok, "none")] }
    let user = try connection.query("SELECT current_user").scalar ?? ""
    let byTable = Dictionary(grouping: rows) { $0[0] ?? "" }.sorted { $0.key < $1.key }
    return byTable.map { table, rows in
      let list = rows.compactMap { $0[1] }.joined(separator: ", ")
      return Finding(
        "grants too many", .warn, "\(list) on \(table), which a worker must not have",
        cure: "REVOKE \(list) ON \(schema).\(SQLText.identifier(table)) FROM \(SQLText.identifier(user))")
    }
  }

  private func rowSecurity(_ connection: borrowing Connection, _ usesInferences: Bool) throws -> [Finding] {
    let cures = try preflight(usesInferences).hiddenRowCures(connection)
    if cures.isEmpty { return [Finding("row-level security", .ok, "hides nothing from this role")] }
    return cures.map {
      Finding("row-level security", .fail, "rows are hidden, without a word", cure: $0, exitStatus: 77)
    }
  }

  private func rowsSeen(_ name: String) -> Look {
    (
      "rows of \(name)",
      { connection in
        let row = try connection.query(
          "SELECT (SELECT greatest(reltuples::bigint, 0) FROM pg_class WHERE oid = $1::regclass), "
            + "(SELECT count(*) FROM (SELECT FROM \(table(name)) LIMIT 1000) AS sample)", [table(name)]
        ).rows[0]
        let (estimated, seen) = (row[0].flatMap { Int($0) } ?? 0, row[1].flatMap { Int($0) } ?? 0)
        let isHidden = estimated > 0 && seen == 0
        return [
          Finding(
            "rows of \(name)", isHidden ? .fail : .ok,
            "about \(estimated) by the catalog, \(seen == 1000 ? "1000 or more" : "\(seen)") seen",
            cure: isHidden ? "look at the row-level security of \(name), or ANALYZE it" : nil, exitStatus: 77)
        ]
      }
    )
  }

  private func count(_ connection: borrowing Connection, _ table: String, where condition: String) throws -> Int {
    try connection.query("SELECT count(*) FROM \(self.table(table)) WHERE \(condition)").scalar.flatMap { Int($0) } ?? 0
  }

  private func warning(_ name: String, _ count: Int, _ what: String, cure: String) -> [Finding] {
    [Finding(name, count == 0 ? .ok : .warn, "\(count) \(what)", cure: count == 0 ? nil : cure)]
  }

  private func orphans(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND inference_id IS NULL AND outcome_status IS NOT NULL "
        + "AND \(Doctor.isServed)")
    return warning(
      "orphans", count, "finished outcomes without an inference; none is learned from",
      cure: "look at the gateway's provider errors")
  }

  private func inFlight(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND outcome_status IS NULL AND created_at < now() - interval '1 hour' "
        + "AND \(Doctor.isServed)")
    return warning(
      "in flight", count, "outcomes not complete for more than an hour", cure: "look at the gateway's completions")
  }

  private func routed(_ connection: borrowing Connection) throws -> [Finding] {
    let count = try count(
      connection, "inferences", where: "status::text = 'routed' AND created_at < now() - interval '1 hour'")
    return warning("routed", count, "calls routed for more than an hour", cure: "look at the gateway's workers")
  }

  private func labels(_ connection: borrowing Connection) throws -> [Finding] {
    let days = try connection.query(
      "SELECT extract(epoch FROM now() - max(judge_labeled_at))::float8 / 86400 FROM \(table("routing_outcomes"))"
    ).scalar.flatMap { Double($0) }
    guard let days else {
      return [Finding("labels", .warn, "no outcome was ever labelled", cure: "start the judge")]
    }
    let isFresh = days < 2
    return [
      Finding(
        "labels", isFresh ? .ok : .warn, "the last is \(Int(days)) days old", cure: isFresh ? nil : "look at the judge")
    ]
  }

  private func shareJudged(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      "SELECT count(*), count(*) FILTER (WHERE judge_status::text = 'labeled') FROM \(table("routing_outcomes")) "
        + "WHERE \(inWindow) AND outcome_status IS NOT NULL"
    ).rows[0]
    let (all, judged) = (row[0].flatMap { Int($0) } ?? 0, row[1].flatMap { Int($0) } ?? 0)
    let percent = all > 0 ? 100 * Double(judged) / Double(all) : 0
    let isEnough = judged >= 100
    return [
      Finding(
        "share judged", isEnough ? .ok : .warn,
        "\(judged) of \(all) complete outcomes in the window, \(Int(percent)) %",
        cure: isEnough ? nil : "let the judge see more outcomes; the gate needs some hundreds")
    ]
  }

  private func list(_ connection: borrowing Connection, _ query: String) throws -> [String] {
    try connection.query(query).rows.compactMap { $0.first ?? nil }
  }

  private func names(_ name: String, _ names: [String], _ what: String, cure: String) -> [Finding] {
    let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " …" : "")
    return [
      Finding(
        name, names.isEmpty ? .ok : .warn, names.isEmpty ? "no \(what)" : "\(names.count) \(what): \(shown)",
        cure: names.isEmpty ? nil : cure)
    ]
  }

  private func catalog(_ connection: borrowing Connection) throws -> [Finding] {
    let unknown = try list(
      connection,
      "SELECT DISTINCT chosen_model_slug::text FROM \(table("routing_outcomes")) o WHERE \(inWindow) "
        + "AND chosen_model_slug IS NOT NULL AND NOT EXISTS (SELECT FROM \(table("models")) m "
        + "WHERE m.slug::text = o.chosen_model_slug::text) ORDER BY 1")
    return names(
      "catalog", unknown, "models in outcomes that the catalog lacks", cure: "add them to models, or leave them out")
  }

  private func priors(_ connection: borrowing Connection) throws -> [Finding] {
    let models = try list(
      connection, "SELECT slug::text FROM \(table("models")) WHERE q_prior IS NULL AND m_allowed ORDER BY 1")
    return names("priors", models, "allowed models without a prior, which are never chosen", cure: "set models.q_prior")
  }

  private func labelSanity(_ connection: borrowing Connection) throws -> [Finding] {
    let outside = try count(
      connection, "routing_outcomes",
      where: "\(inWindow) AND judge_status::text = 'labeled' "
        + "AND (judge_score IS NULL OR NOT (judge_score >= 1 AND judge_score <= 5))")
    let worthless = try list(
      connection,
      "SELECT chosen_model_slug::text FROM \(table("routing_outcomes")) WHERE \(inWindow) "
        + "AND judge_status::text = 'labeled' AND outcome_status::text = 'succeeded' "
        + "GROUP BY 1 HAVING count(*) >= 10 AND max(judge_score) = 1 ORDER BY 1")
    return warning(
      "label sanity", outside, "labelled outcomes without a score from 1 to 5", cure: "look at the judge's scale")
      + names(
        "worthless models", worthless, "models with nothing but the lowest score, which hold the gate",
        cure: "look at the judge's prompt for these models")
  }

  private func lock(_ connection: borrowing Connection) throws -> [Finding] {
    let isFree = try connection.query("SELECT pg_try_advisory_xact_lock(\(Ledger.runLockKey))").scalar == "t"
    return [
      Finding(
        "lock", isFree ? .ok : .warn, isFree ? "free" : "another run holds it now",
        cure: isFree ? nil : "wait until that run has ended")
    ]
  }
}
