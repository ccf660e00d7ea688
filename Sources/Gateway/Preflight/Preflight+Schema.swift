internal import Postgres

extension Preflight {
  /// A column that exists.
  struct Column {
    let category: String
    /// The name of the type, or of a domain's type below.
    let type: String
    let shownType: String
    let isGenerated: Bool
    let isNotNull: Bool
    let hasDefault: Bool
  }

  /// A table that exists.
  struct Table {
    /// `pg_class.relkind`.
    let kind: String
    let takesInserts: Bool
    let takesUpdates: Bool
    var columns: [String: Column] = [:]
  }

  /// Tables by name.
  typealias Tables = [String: Table]

  /// Those of the tables that exist.
  func existingTables(_ connection: borrowing Connection) throws(PostgresError) -> Tables {
    let names = Set(uses.map(\.table)).sorted()
    let rows = try connection.query(
      """
      SELECT c.relname, c.relkind, \
      CASE WHEN c.relkind IN ('r', 'p') THEN true ELSE pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 <> 0 END, \
      CASE WHEN c.relkind IN ('r', 'p') THEN true ELSE pg_catalog.pg_relation_is_updatable(c.oid, true) & 4 <> 0 END, \
      a.attname, \
      b.typcategory, b.typname, pg_catalog.format_type(a.atttypid, NULL), \
      a.attgenerated <> '' OR a.attidentity = 'a', a.attnotnull OR t.typnotnull, \
      a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL \
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
      CROSS JOIN LATERAL (WITH RECURSIVE below AS (SELECT t.oid, t.typbasetype UNION ALL \
      SELECT u.oid, u.typbasetype FROM below JOIN pg_catalog.pg_type u ON u.oid = below.typbasetype) \
      SELECT u.typname, u.typcategory FROM below JOIN pg_catalog.pg_type u ON u.oid = below.oid \
      WHERE below.typbasetype = 0) AS b \
      WHERE n.nspname = $1 AND c.relname = ANY ($2) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1, a.attnum
      """, [schemaName, "{\(names.joined(separator: ","))}"]
    ).rows
    var result: Tables = [:]
    for row in rows {
      let table = Table(kind: row[1] ?? "", takesInserts: row[2] == "t", takesUpdates: row[3] == "t")
      result[row[0] ?? "", default: table].columns[row[4] ?? ""] = Column(
        category: row[5] ?? "", type: row[6] ?? "", shownType: row[7] ?? "", isGenerated: row[8] == "t",
        isNotNull: row[9] == "t", hasDefault: row[10] == "t")
    }
    return result
  }

  /// The optional columns that the schema lacks.
  func absentOptionalColumns(_ tables: Tables) -> [String] {
    uses.filter { $0.privilege == "SELECT" }.flatMap { use in
      use.columns.filter { !$0.isRequired && tables[use.table]?.columns[$0.name] == nil }
        .map { "\(use.table).\($0.name)" }
    }
  }

  /// What is missing, is of another type than expected, or cannot be written as a run writes it.
  func schemaFaults(_ tables: Tables) -> [String] {
    var faults: [String] = []
    for use in uses {
      guard let table = tables[use.table] else {
        faults.append("table \(schemaName).\(use.table) is missing")
        continue
      }
      faults += use.columns.compactMap { fault($0, use, table.columns[$0.name]) }
      if use.privilege == "INSERT" { faults += unwrittenColumns(use, table) }
      let isWritable = use.privilege == "INSERT" ? table.takesInserts : table.takesUpdates
      if use.privilege != "SELECT", !isWritable {
        faults.append("\(use.table) is a view or a foreign table that takes no \(use.privilege)")
      }
    }
    var seen: Set<String> = []
    return faults.filter { seen.insert($0).inserted }
  }

  private func fault(_ column: ExpectedColumn, _ use: Use, _ found: Column?) -> String? {
    let name = "column \(use.table).\(column.name)"
    guard let found else {
      return column.isRequired ? "\(name) is missing, expected \(column.family.rawValue)" : nil
    }
    let isWritten = uses.contains { $0.table == use.table && $0.privilege != "SELECT" }
    guard column.family.contains(category: found.category, type: found.type, isWritten: isWritten) else {
      return "\(name) is \(found.shownType), expected \(column.family.rawValue)"
    }
    guard use.privilege != "SELECT" else { return nil }
    if found.isGenerated { return "\(name) is generated, so a run cannot write it" }
    guard use.privilege == "INSERT", column.mayBeNull, found.isNotNull else { return nil }
    return "\(name) is declared NOT NULL, and a run without a holdout has no value for it"
  }

  /// Columns that an INSERT of a run would leave without a value.
  private func unwrittenColumns(_ use: Use, _ table: Table) -> [String] {
    let written = Set(use.columns.map(\.name))
    return table.columns.filter { !written.contains($0.key) && $0.value.isNotNull && !$0.value.hasDefault }.keys
      .sorted().map { "column \(use.table).\($0) is declared NOT NULL without a default, and no run writes it" }
  }
}
