internal import Outcomes
public import Postgres

/// Looks, before anything is read, whether the role may do what the run will do and will see all rows.
public struct Preflight {
  /// What is done with a table.
  public struct Use: Sendable {
    let table: String
    let privilege: String
    let columns: [ExpectedColumn]
  }

  /// What a run does.
  /// - Parameter usesInferences: whether the settings ask for input tokens, which are in `inferences`.
  public static func training(usesInferences: Bool) -> [Use] {
    [
      Use(table: "routing_outcomes", privilege: "SELECT", columns: ExpectedColumn.outcomes),
      Use(table: "models", privilege: "SELECT", columns: ExpectedColumn.models),
    ] + rollback
      + (usesInferences ? [Use(table: "inferences", privilege: "SELECT", columns: ExpectedColumn.inferences)] : [])
  }

  /// What a rollback does.
  public static let rollback =
    resumption + [
      Use(table: "tenant_routing_policies", privilege: "UPDATE", columns: ExpectedColumn.policies)
    ]

  /// What resuming does.
  public static let resumption =
    history + [Use(table: "training_runs", privilege: "INSERT", columns: ExpectedColumn.trainingRuns)]

  /// What looking at the ledger does.
  public static let history = [
    Use(table: "training_runs", privilege: "SELECT", columns: ExpectedColumn.trainingRuns)
  ]

  private let schemaName: String
  private let uses: [Use]

  /// Makes a preflight of these uses in this schema.
  public init(schema: String, uses: [Use]) {
    schemaName = schema
    self.uses = uses
  }

  /// Checks schema, privileges and row-level security, in this order, inside the caller's transaction.
  /// - Throws: `GatewayError` that names all that is missing; `PostgresError`.
  public func run(_ connection: borrowing Connection) throws -> GatewaySchema {
    try Session.prepare(connection)
    let columns = try existingColumns(connection)
    let faults = schemaFaults(columns)
    if !faults.isEmpty { throw GatewayError.schema(faults) }
    let role = try role(connection)
    let grants = try missingGrants(connection, columns)
    if !grants.isEmpty { throw GatewayError.missingGrants(role: role, statements: grants) }
    let cures = try hiddenRowCures(connection)
    if !cures.isEmpty { throw GatewayError.hiddenRows(role: role, statements: cures) }
    let outcomes = columns["routing_outcomes"] ?? [:]
    return GatewaySchema(
      name: schemaName,
      outcomeColumns: Set(ExpectedColumn.outcomes.filter { !$0.isRequired }.map(\.name).filter { outcomes[$0] != nil }),
      hasEvaluation: columns["training_runs"]?["evaluation"] != nil)
  }

  private func role(_ connection: borrowing Connection) throws(PostgresError) -> String {
    try connection.query("SELECT current_user::text").scalar ?? ""
  }

  /// The optional columns that the schema lacks.
  func absentOptionalColumns(_ existing: Columns) -> [String] {
    uses.filter { $0.privilege == "SELECT" }.flatMap { use in
      use.columns.filter { !$0.isRequired && existing[use.table]?[$0.name] == nil }.map { "\(use.table).\($0.name)" }
    }
  }

  /// Columns by table and name, with category and name of their types.
  typealias Columns = [String: [String: (category: String, type: String)]]

  /// The columns that exist.
  func existingColumns(_ connection: borrowing Connection) throws(PostgresError) -> Columns {
    let rows = try connection.query(
      """
      SELECT c.relname, a.attname, t.typcategory, t.typname \
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      """, [schemaName]
    ).rows
    var result: Columns = [:]
    for row in rows {
      result[row[0] ?? "", default: [:]][row[1] ?? ""] = (row[2] ?? "", row[3] ?? "")
    }
    return result
  }

  /// What is missing, or of another type than expected.
  func schemaFaults(_ existing: Columns) -> [String] {
    var faults: [String] = []
    for use in uses where use.privilege != "INSERT" {
      guard let table = existing[use.table] else {
        faults.append("table \(schemaName).\(use.table) is missing")
        continue
      }
      for column in use.columns {
        if let found = table[column.name] {
          if !column.family.contains(category: found.category, type: found.type) {
            faults.append("column \(use.table).\(column.name) is \(found.type), expected \(column.family.rawValue)")
          }
        } else if column.isRequired {
          faults.append("column \(use.table).\(column.name) is missing, expected \(column.family.rawValue)")
        }
      }
    }
    return faults
  }

  /// The statements that grant what is missing.
  func missingGrants(_ connection: borrowing Connection, _ existing: Columns) throws(PostgresError) -> [String] {
    let grantee = SQLText.identifier(try role(connection))
    var statements: [String] = []
    let hasUsage = try connection.query("SELECT pg_catalog.has_schema_privilege($1, 'USAGE')", [schemaName]).scalar
    if hasUsage != "t" {
      return ["GRANT USAGE ON SCHEMA \(shownSchema) TO \(grantee)"]
    }
    for use in uses {
      let table = qualified(use.table)
      let columns = use.columns.map(\.name).filter { existing[use.table]?[$0] != nil }
      var missing: [String] = []
      for column in columns {
        let answer = try connection.query(
          "SELECT pg_catalog.has_column_privilege($1, $2, $3)", [table, column, use.privilege])
        if answer.scalar != "t" { missing.append(column) }
      }
      guard !missing.isEmpty else { continue }
      let isWhole = use.privilege != "UPDATE" && missing.count == columns.count
      let list = isWhole ? "" : " (" + missing.joined(separator: ", ") + ")"
      statements.append("GRANT \(use.privilege)\(list) ON \(shownSchema).\(use.table) TO \(grantee)")
    }
    return statements
  }

  /// The schema in statements to paste, quoted only where it must be.
  private var shownSchema: String {
    let isPlain = schemaName.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }
    return isPlain ? schemaName : SQLText.identifier(schemaName)
  }

  private func qualified(_ table: String) -> String {
    SQLText.table(table, schema: schemaName)
  }

  /// A SELECT under row-level security returns none and an UPDATE says `UPDATE 0`, both without an error.
  /// - Returns: the statements that let the role see all rows.
  func hiddenRowCures(_ connection: borrowing Connection) throws(PostgresError) -> [String] {
    let role = try role(connection)
    var statements: [String] = []
    for use in uses {
      let table = qualified(use.table)
      let active = try connection.query("SELECT pg_catalog.row_security_active($1)", [table]).scalar
      guard active == "t" else { continue }
      let policies = try connection.query(
        """
        SELECT policyname, permissive, coalesce(qual, ''), coalesce(with_check, '') FROM pg_catalog.pg_policies p \
        WHERE schemaname = $1 AND tablename = $2 AND cmd IN ('ALL', $3) AND EXISTS ( \
        SELECT FROM unnest(p.roles) AS r WHERE r = 'public' OR pg_catalog.pg_has_role(r, 'USAGE'))
        """, [schemaName, use.table, use.privilege])
      if let restrictive = policies.rows.first(where: { $0[1] == "RESTRICTIVE" }) {
        let name = SQLText.identifier(restrictive[0] ?? "")
        statements.append("DROP POLICY \(name) ON \(shownSchema).\(use.table)")
      }
      let isOpen = policies.rows.contains { row in
        row[1] == "PERMISSIVE" && Preflight.isOpen(use.privilege, qual: row[2] ?? "", check: row[3] ?? "")
      }
      if !isOpen { statements.append(cure(use, role)) }
    }
    return statements
  }

  /// Without a WITH CHECK of its own, a policy checks new rows by its USING.
  private static func isOpen(_ privilege: String, qual: String, check: String) -> Bool {
    let checksOpen = check == "true" || (check.isEmpty && qual == "true")
    switch privilege {
    case "SELECT": return qual == "true"
    case "INSERT": return checksOpen
    default: return qual == "true" && checksOpen
    }
  }

  private func cure(_ use: Use, _ role: String) -> String {
    let condition =
      switch use.privilege {
      case "SELECT": "USING (true)"
      case "INSERT": "WITH CHECK (true)"
      default: "USING (true) WITH CHECK (true)"
      }
    return
      "CREATE POLICY \(SQLText.identifier("\(role)_\(use.privilege.lowercased())")) ON \(shownSchema).\(use.table) "
      + "FOR \(use.privilege) TO \(SQLText.identifier(role)) \(condition)"
  }
}
