import Foundation
import Postgres
import TestSupport

/// A night with a role of its own for the worker, so that what is done to the role disturbs no other test.
struct OwnWorker {
  let night: Night
  let role: String

  /// Makes the role by the gateway's migrations.
  /// - Parameter name: put before the database's name.
  init(name: String = "worker") throws {
    night = try Night()
    role = "\(name)_\(night.database)"
    let owner = try night.owner()
    for file in ["07-0033-training-runs", "08-0034-labs-row-level-security"] {
      let path = Repository.root.appendingPathComponent("Fixtures/schema/\(file).sql")
      let script = try String(contentsOf: path, encoding: .utf8)
      try owner.run(script: script.replacingOccurrences(of: "ainfera_labs", with: role))
    }
    try owner.query("UPDATE routing_outcomes SET judge_labeled_at = created_at")
  }

  /// Runs statements as the owner. `$role` and `$database` stand for the names, `$other` for another role.
  func run(_ statements: [String]) throws {
    let owner = try night.owner()
    for statement in statements {
      try owner.query(
        statement.replacingOccurrences(of: "$role", with: role).replacingOccurrences(of: "$other", with: other)
          .replacingOccurrences(of: "$database", with: night.database))
    }
  }

  /// Another role, which a test makes where it needs one.
  var other: String { "other_\(night.database)" }

  /// Pastes a cure into psql as the owner.
  func paste(_ cure: String) throws -> Program {
    try Program(
      running: "/usr/bin/psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", cure],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": "owner"])
  }

  func train(_ arguments: [String] = []) throws -> Program { try night.train(arguments, role: role) }

  func doctor(role: String? = nil) throws -> (program: Program, result: Examination) {
    let program = try Program(
      ["doctor", "--format", "json"],
      environment: ["PGHOST": night.server.socket, "PGDATABASE": night.database, "PGUSER": role ?? self.role])
    return (program, try JSONDecoder().decode(Examination.self, from: Data(program.output.utf8)))
  }

  /// What every role but the worker's may do and see: rights on tables, columns, schemas, sequences and the database,
  /// memberships, attributes and policies.
  func rightsOfOthers() throws -> [[String?]] {
    let lists = """
      SELECT c.oid::regclass::text AS object, NULL::text AS part, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' \
      ELSE 'r' END::"char", relowner)) AS list FROM pg_class c WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't' \
      UNION ALL SELECT attrelid::regclass::text, attname::text, attacl FROM pg_attribute WHERE attacl IS NOT NULL \
      UNION ALL SELECT 'schema', nspname::text, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace \
      UNION ALL SELECT 'database', datname::text, coalesce(datacl, acldefault('d', datdba)) FROM pg_database \
      WHERE datname = current_database()
      """
    return try night.owner().query(
      """
      SELECT object, part, e.grantee::regrole::text, e.grantor::regrole::text, e.privilege_type, e.is_grantable::text \
      FROM (\(lists)) AS l CROSS JOIN LATERAL aclexplode(l.list) AS e \
      WHERE e.grantee <> $1::text::regrole \
      UNION ALL SELECT 'member', m.roleid::regrole::text, m.member::regrole::text, m.grantor::regrole::text, \
      m.admin_option::text, NULL FROM pg_auth_members m \
      WHERE m.roleid::regrole::text = ANY (ARRAY[$1::text, $2::text]) OR m.member::regrole::text = $2::text \
      UNION ALL SELECT 'role', to_jsonb(r)::text, NULL, NULL, NULL, NULL FROM pg_roles r \
      WHERE rolname IN ('owner', 'ainfera_labs', $2::text) \
      UNION ALL SELECT 'policy', to_jsonb(p)::text, NULL, NULL, NULL, NULL FROM pg_policies p \
      WHERE p.roles <> ARRAY[$1::text::name] ORDER BY 1, 2, 3, 4, 5, 6
      """, [role, other]
    ).rows
  }
}

/// What `doctor --format json` prints.
struct Examination: Decodable {
  struct Finding: Decodable {
    let name: String
    let level: String
    let observed: String
    let cure: String?
    let cure_kind: String?

    var statement: String? { cure_kind == "statement" ? cure : nil }
  }

  let findings: [Finding]
  let exit_status: Int32

  func named(_ name: String) -> [Finding] { findings.filter { $0.name == name } }

  func levels(_ name: String) -> Set<String> { Set(named(name).map(\.level)) }
}
