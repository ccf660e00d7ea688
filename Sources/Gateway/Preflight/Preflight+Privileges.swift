internal import Postgres

extension Preflight {
  /// The statements that grant what is missing.
  func missingGrants(_ connection: borrowing Connection, _ tables: Tables) throws(PostgresError) -> [String] {
    let grantee = SQLText.identifier(try Preflight.role(connection))
    var statements: [String] = []
    let hasUsage = try connection.query("SELECT pg_catalog.has_schema_privilege($1, 'USAGE')", [schemaName]).scalar
    if hasUsage != "t" { statements.append("GRANT USAGE ON SCHEMA \(shownSchema) TO \(grantee)") }
    for use in uses {
      let columns = use.columns.map(\.name).filter { tables[use.table]?.columns[$0] != nil }
      let allowed = try allowedColumns(connection, use)
      let missing = columns.filter { !allowed.contains($0) }
      if !missing.isEmpty {
        let list = isGrantedWhole(use) && missing.count == columns.count ? "" : " (\(missing.joined(separator: ", ")))"
        statements.append("GRANT \(use.privilege)\(list) ON \(shown(use.table)) TO \(grantee)")
      }
      if use.privilege == "INSERT" {
        statements += try missingSequences(connection, use).map { "GRANT USAGE ON SEQUENCE \($0) TO \(grantee)" }
      }
    }
    return statements
  }

  /// Outcomes have a column that no run reads, the judge's rationale, and tenants have several that no run writes.
  private func isGrantedWhole(_ use: Use) -> Bool {
    use.privilege != "UPDATE" && use.table != "routing_outcomes"
  }

  private func allowedColumns(_ connection: borrowing Connection, _ use: Use) throws(PostgresError) -> Set<String> {
    let rows = try connection.query(
      """
      SELECT a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
      WHERE n.nspname = $1 AND c.relname = $2 AND pg_catalog.has_column_privilege(c.oid, a.attnum, $3)
      """, [schemaName, use.table, use.privilege]
    ).rows
    return Set(rows.compactMap { $0[0] })
  }

  /// The sequences behind the defaults of columns that an INSERT leaves to the server.
  private func missingSequences(
    _ connection: borrowing Connection, _ use: Use
  ) throws(PostgresError) -> [String] {
    let written = use.columns.map(\.name).joined(separator: ",")
    return try connection.query(
      """
      SELECT DISTINCT pg_catalog.format('%I.%I', sn.nspname, s.relname) \
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attname <> ALL ($3::text[]) \
      JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum \
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid \
      AND d.refclassid = 'pg_catalog.pg_class'::regclass \
      JOIN pg_catalog.pg_class s ON s.oid = d.refobjid \
      JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace \
      WHERE n.nspname = $1 AND c.relname = $2 \
      AND CASE s.relkind WHEN 'S' THEN NOT pg_catalog.has_sequence_privilege(s.oid, 'USAGE, UPDATE') END ORDER BY 1
      """, [schemaName, use.table, "{\(written)}"]
    ).rows.compactMap { $0[0] }
  }
}
