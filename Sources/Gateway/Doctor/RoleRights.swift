internal import Postgres

/// The rights that a role has on tables and their columns, and to create in schemas and in the database, each with the
/// way by which the role has it: only what was granted to the role itself can be taken from it alone.
struct RoleRights {
  /// By which way a role has a right.
  enum Way: Hashable {
    /// Its owner granted it to the role.
    case granted
    /// Another than the owner granted it to the role.
    case grantedBy(String)
    /// The role has granted it on to others, who would lose it with the role.
    case passedOn
    /// Every role has it.
    case everybody
    /// As a member of another role.
    case membership(String)
    /// As the owner.
    case ownership
  }

  struct Right {
    let schema: String
    /// The table; empty for a schema and the database.
    let table: String
    /// The object as GRANT names it.
    let object: String
    /// The column, nil for the whole table.
    let column: String?
    let privilege: String
    let way: Way
    /// Whether a view or a policy of the gateway's tables reads the table with the rights of the role.
    let isBehind: Bool
  }

  let role: String
  let rights: [Right]
  /// Why a REVOKE could take away what somebody needs; nil where it cannot.
  let doubt: String?

  /// The columns that the gateway's migrations let the role update, by table.
  private static let updatable = [
    "routing_outcomes": [
      "judge_score", "judge_model", "judge_rationale", "judge_labeled_at", "judge_status", "reward",
    ],
    "tenant_routing_policies": ["active_policy", "active_policy_version"],
  ]
  private static let readable = ["routing_outcomes", "inferences", "models", "providers", "agents", "training_runs"]

  /// Reads the lists of rights. The catalogs are everybody's to read.
  init(_ connection: borrowing Connection, schema: String, triggers: [WriteTrigger]) throws(PostgresError) {
    role = try Preflight.role(connection)
    let behind = Set(
      try connection.query(RoleRights.behind, [schema, "{\(RoleRights.readable.joined(separator: ","))}"]).rows
        .compactMap { $0[0] })
    rights = try connection.query(RoleRights.inventory).rows.map { row in
      Right(
        schema: row[1] ?? "", table: row[2] ?? "", object: row[3] ?? "", column: row[4], privilege: row[5] ?? "",
        way: RoleRights.way(row[6] ?? "", by: row[7] ?? ""), isBehind: row[0].map(behind.contains) ?? false)
    }
    let members = try connection.query(RoleRights.members).rows.compactMap { $0[0] }
    if let trigger = triggers.first(where: { !$0.isOfDefiner }) {
      doubt = "\(trigger.shown) runs with the rights of \(role) and may need them"
    } else if let member = members.first {
      doubt = "\(member) is a member of \(role) and has its rights too"
    } else if let object = try connection.query(RoleRights.lent, []).scalar {
      doubt = "\(object) belongs to \(role) and lends its rights to others"
    } else {
      doubt = try connection.query(RoleRights.functions, [schema, "{\(RoleRights.readable.joined(separator: ","))}"])
        .scalar.map { "the function \($0), which a table or view of the gateway calls, may need them" }
    }
  }

  private static func way(_ name: String, by other: String) -> Way {
    switch name {
    case "owner": .ownership
    case "everybody": .everybody
    case "member": .membership(other)
    case "passed on": .passedOn
    case "other": .grantedBy(other)
    default: .granted
    }
  }

  /// Whether the gateway's migrations give the role this right.
  static func isExpected(_ right: Right, schema: String) -> Bool {
    guard right.schema == schema else { return false }
    switch right.privilege {
    case "SELECT": return readable.contains(right.table)
    case "INSERT": return right.table == "training_runs"
    case "UPDATE": return right.column.map { updatable[right.table, default: []].contains($0) } ?? false
    default: return false
    }
  }

  /// The columns that must be granted anew when UPDATE on the whole table is taken away, for that takes the columns'
  /// too: those that were granted, and those that a run needs.
  func columnsToKeep(_ object: String, table: String, isOurs: Bool) -> [String] {
    guard isOurs else { return [] }
    let granted = Set(
      rights.filter { $0.object == object && $0.privilege == "UPDATE" && $0.way == .granted }.compactMap(\.column))
    let needed: Set<String> = table == "tenant_routing_policies" ? ["active_policy_version"] : []
    return (RoleRights.updatable[table] ?? []).filter { granted.contains($0) || needed.contains($0) }
  }

  /// Whether lists of rights alone let the role do this, without attributes, ownership or other roles.
  func covers(_ use: Preflight.Use, columns: [String], schema: String) -> Bool {
    let own = rights.filter {
      guard $0.schema == schema, $0.table == use.table, $0.privilege == use.privilege else { return false }
      if case .membership = $0.way { return false }
      return true
    }
    return columns.allSatisfy { column in own.contains { $0.column == nil || $0.column == column } }
  }

  private static let isVisible = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

  /// Every right of the role on tables, and to create in schemas and the database. What an extension shows to everybody
  /// is nobody's grant.
  private static let inventory = """
    WITH me AS (SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user), \
    tables AS ( \
    SELECT c.oid, n.nspname, c.relname, c.relowner, c.relacl, pg_catalog.format('%I.%I', n.nspname, c.relname) AS shown, \
    EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') \
    AS is_extension FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND \(isVisible)), \
    objects AS ( \
    SELECT oid, nspname, relname, shown, relowner AS owner, NULL::name AS attname, is_extension, \
    coalesce(relacl, acldefault('r', relowner)) AS rights FROM tables \
    UNION ALL SELECT t.oid, nspname, relname, shown, relowner, a.attname, is_extension, a.attacl \
    FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped \
    UNION ALL SELECT NULL, n.nspname, NULL, pg_catalog.format('SCHEMA %I', n.nspname), n.nspowner, NULL, false, \
    coalesce(n.nspacl, acldefault('n', n.nspowner)) FROM pg_namespace n WHERE \(isVisible) \
    UNION ALL SELECT NULL, NULL, NULL, pg_catalog.format('DATABASE %I', datname), datdba, NULL, false, \
    coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()), \
    passed_on AS (SELECT o.shown FROM objects o CROSS JOIN me CROSS JOIN LATERAL aclexplode(o.rights) e \
    WHERE e.grantor = me.oid AND o.owner <> me.oid) \
    SELECT o.oid, o.nspname, o.relname, o.shown, o.attname, e.privilege_type, \
    CASE WHEN o.owner = me.oid THEN 'owner' WHEN e.grantee = 0 THEN 'everybody' WHEN e.grantee <> me.oid THEN 'member' \
    WHEN e.grantor <> o.owner THEN 'other' WHEN o.shown IN (SELECT shown FROM passed_on) THEN 'passed on' \
    ELSE 'granted' END, \
    pg_get_userbyid(CASE WHEN e.grantee = me.oid THEN e.grantor ELSE e.grantee END) \
    FROM me CROSS JOIN objects o CROSS JOIN LATERAL aclexplode(o.rights) e \
    WHERE (e.grantee IN (0, me.oid) OR NOT me.rolsuper AND pg_has_role(me.oid, e.grantee, 'USAGE')) \
    AND (o.relname IS NOT NULL OR e.privilege_type = 'CREATE') AND NOT (o.is_extension AND e.grantee = 0) \
    ORDER BY o.shown, o.attname NULLS FIRST, e.privilege_type
    """

  /// The tables that views and policies of the gateway's tables read.
  private static let behind = """
    WITH RECURSIVE ours AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE n.nspname = $1 AND c.relname = ANY ($2::name[] || 'tenant_routing_policies'::name)), \
    behind AS (SELECT oid FROM ours UNION SELECT d.refobjid FROM behind b JOIN ( \
    SELECT 'pg_rewrite'::regclass::oid AS classid, oid AS objid, ev_class AS relation FROM pg_rewrite \
    UNION ALL SELECT 'pg_policy'::regclass, oid, polrelid FROM pg_policy) o ON o.relation = b.oid \
    JOIN pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.refclassid = 'pg_class'::regclass) \
    SELECT oid FROM behind EXCEPT SELECT oid FROM ours
    """

  /// A view or a function of the role's own that others use with its rights.
  private static let lent = """
    WITH me AS (SELECT oid FROM pg_roles WHERE rolname = current_user) \
    SELECT 'the view ' || c.oid::regclass::text FROM pg_class c JOIN me ON c.relowner = me.oid \
    WHERE c.relkind IN ('v', 'm') \
    UNION ALL SELECT 'the function ' || p.oid::regprocedure::text FROM pg_proc p JOIN me ON p.proowner = me.oid \
    WHERE p.prosecdef ORDER BY 1 LIMIT 1
    """

  /// A function that a default, a constraint or a view of the gateway's tables calls with the rights of the role.
  private static let functions = """
    WITH ours AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE n.nspname = $1 AND c.relname = ANY ($2::name[] || 'tenant_routing_policies'::name)), \
    callers AS (SELECT 'pg_attrdef'::regclass AS classid, a.oid AS objid FROM pg_attrdef a JOIN ours ON a.adrelid = ours.oid \
    UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN ours ON k.conrelid = ours.oid \
    UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite w JOIN ours ON w.ev_class = ours.oid) \
    SELECT p.oid::regprocedure::text FROM callers JOIN pg_depend d ON d.classid = callers.classid \
    AND d.objid = callers.objid AND d.refclassid = 'pg_proc'::regclass JOIN pg_proc p ON p.oid = d.refobjid \
    JOIN pg_namespace n ON n.oid = p.pronamespace \
    WHERE NOT p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT 1
    """

  /// The roles that have the rights of this one: members that inherit them or, before PostgreSQL 16, can become it.
  private static let members = """
    SELECT quote_ident(m.rolname) FROM pg_roles me JOIN pg_roles m ON m.oid <> me.oid AND NOT m.rolsuper \
    AND pg_has_role(m.oid, me.oid, CASE WHEN current_setting('server_version_num')::int < 160000 \
    THEN 'MEMBER' ELSE 'USAGE' END) WHERE me.rolname = current_user ORDER BY 1
    """
}

/// A trigger or a rule that runs when a run writes its row or moves the tenants.
struct WriteTrigger {
  /// `trigger "audit" on public.training_runs`.
  let shown: String
  /// Whether it runs with the rights of its owner.
  let isOfDefiner: Bool

  /// Finds them; the server's own, for foreign keys, do not count.
  static func find(_ connection: borrowing Connection, schema: String) throws(PostgresError) -> [WriteTrigger] {
    try connection.query(
      """
      WITH written AS (SELECT c.oid, c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS shown, \
      CASE c.relname WHEN 'training_runs' THEN 4 ELSE 16 END AS event, \
      CASE c.relname WHEN 'training_runs' THEN '3' ELSE '2' END AS command \
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
      WHERE n.nspname = $1 AND c.relname IN ('training_runs', 'tenant_routing_policies')) \
      SELECT pg_catalog.format('trigger %I on %s', t.tgname, w.shown), p.prosecdef \
      FROM written w JOIN pg_trigger t ON t.tgrelid = w.oid JOIN pg_proc p ON p.oid = t.tgfoid \
      WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & w.event <> 0 \
      AND (t.tgtype & 4 <> 0 AND w.event = 4 OR t.tgattr::text = '' OR EXISTS (SELECT FROM pg_attribute a \
      WHERE a.attrelid = w.oid AND a.attname = 'active_policy_version' AND a.attnum = ANY (t.tgattr))) \
      UNION ALL SELECT pg_catalog.format('rule %I on %s', r.rulename, w.shown), true \
      FROM written w JOIN pg_rewrite r ON r.ev_class = w.oid WHERE r.ev_type::text = w.command \
      AND r.ev_enabled IN ('O', 'A') ORDER BY 1
      """, [schema]
    ).rows.map { WriteTrigger(shown: $0[0] ?? "", isOfDefiner: $0[1] == "t") }
  }
}
