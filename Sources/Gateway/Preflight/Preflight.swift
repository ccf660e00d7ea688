internal import Outcomes
public import Postgres

/// Looks, before anything is read, whether the role may do what the run will do and will see all rows.
public struct Preflight {
  /// What is done with a table.
  public struct Use: Sendable {
    let table: String
    let privilege: String
    let columns: [ExpectedColumn]

    /// Whether it changes the table.
    public var isWrite: Bool { privilege != "SELECT" }
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

  let schemaName: String
  let uses: [Use]

  /// Makes a preflight of these uses in this schema.
  public init(schema: String, uses: [Use]) {
    schemaName = schema
    self.uses = uses
  }

  /// Checks schema, privileges and row-level security, in this order, inside the caller's transaction, and waits for no
  /// lock of a table.
  /// - Throws: `GatewayError` that names all that is missing; `PostgresError`.
  public func run(_ connection: borrowing Connection) throws -> GatewaySchema {
    try Session.prepare(connection)
    let tables = try existingTables(connection)
    let faults = schemaFaults(tables)
    if !faults.isEmpty { throw GatewayError.schema(faults) }
    let role = try Preflight.role(connection)
    let grants = try missingGrants(connection, tables)
    if !grants.isEmpty { throw GatewayError.missingGrants(role: role, statements: grants) }
    let cures = try hiddenRows(connection).map(\.cure)
    if !cures.isEmpty { throw GatewayError.hiddenRows(role: role, cures: cures) }
    return schema(tables)
  }

  /// What the tables offer beside the required columns.
  func schema(_ tables: Tables) -> GatewaySchema {
    let outcomes = tables["routing_outcomes"]?.columns ?? [:]
    return GatewaySchema(
      name: schemaName,
      outcomeColumns: Set(ExpectedColumn.outcomes.filter { !$0.isRequired }.map(\.name).filter { outcomes[$0] != nil }),
      hasEvaluation: tables["training_runs"]?.columns["evaluation"] != nil,
      hasPolicy: tables["training_runs"]?.columns["policy"] != nil)
  }

  static func role(_ connection: borrowing Connection) throws(PostgresError) -> String {
    try connection.query("SELECT current_user::text").scalar ?? ""
  }

  /// A table of the gateway in statements to paste. Its own name needs no quotes.
  func shown(_ table: String) -> String { "\(shownSchema).\(table)" }

  var shownSchema: String { schemaName == "public" ? schemaName : SQLText.identifier(schemaName) }

  /// The server plans each statement of the run and so checks it, also for what its views, policies and defaults name,
  /// without running it. That waits for the locks of the tables.
  /// - Throws: `GatewayError.schema`; `PostgresError` where a privilege is missing or the server cannot answer.
  func planStatements(_ connection: borrowing Connection, _ tables: Tables) throws {
    for use in uses {
      do throws(PostgresError) {
        try connection.query("EXPLAIN \(statement(use, tables))")
      } catch {
        let isOfSchema = ["0A", "22", "42", "55"].contains { error.sqlState?.hasPrefix($0) == true }
        // A missing privilege and a lock that another holds have the same classes.
        guard isOfSchema, !["42501", "55P03", "55006"].contains(error.sqlState) else { throw error }
        throw GatewayError.schema(["\(use.privilege) on \(use.table) is refused: \(error.message)"])
      }
    }
  }

  private func statement(_ use: Use, _ tables: Tables) -> String {
    let table = SQLText.table(use.table, schema: schemaName)
    let columns = use.columns.map(\.name).filter { tables[use.table]?.columns[$0] != nil }
    switch use.privilege {
    case "INSERT":
      let values = columns.map { _ in "NULL" }.joined(separator: ", ")
      return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(values))"
    case "UPDATE": return "UPDATE \(table) SET " + columns.map { "\($0) = NULL" }.joined(separator: ", ")
    default: return "SELECT \(columns.joined(separator: ", ")) FROM \(table)"
    }
  }
}
