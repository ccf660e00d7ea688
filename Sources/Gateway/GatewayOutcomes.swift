public import Outcomes
public import Postgres

/// The outcomes of the gateway's database, in the snapshot of one read-only transaction.
public struct GatewayOutcomes: OutcomeSource, ~Copyable {
  private let connection: Connection
  private let queries: OutcomeQueries
  private let names: NameIndex
  private var reader: Reader
  private let progress: (Int) -> Void
  /// What is in the window.
  public let survey: Survey
  /// The models and floors.
  public let catalog: Catalog

  /// The cells met so far.
  public var directory: CellDirectory { reader.directory }

  /// The policy versions by the number that outcomes have: `1.0.1+ab12cd34` of `cost_first@1.0.1+ab12cd34`.
  public var versions: [String] {
    (0..<reader.versions.count).map { number in
      let name = reader.versions[number]
      return name.firstIndex(of: "@").map { String(name[name.index(after: $0)...]) } ?? ""
    }
  }

  /// Begins the transaction, reads the catalog and counts the window.
  /// - Parameters:
  ///   - connection: a connection of this source's own; its transaction is open until `finish()`.
  ///   - floors: the floors of the tasks, and the floor of the others.
  ///   - unreadable: the instants whose rows are passed over, as `UnreadableRows` found them.
  ///   - prepare: called inside the transaction before anything is read.
  ///   - progress: told the number of rows read, now and then.
  public static func open(
    _ connection: consuming Connection, schema: GatewaySchema, selection: OutcomeSelection,
    floors: (tasks: [String: Double], other: Double), unreadable: [Instant], progress: @escaping (Int) -> Void,
    first prepare: (borrowing Connection) throws -> Void = { _ in }
  ) throws -> GatewayOutcomes {
    try connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try Session.prepare(connection)
    try prepare(connection)
    let catalog = try catalog(connection, schema, floors)
    let window = try window(connection.query(OutcomeQueries.clock(days: selection.windowDays)).rows[0])
    let queries = OutcomeQueries(
      schema: schema, selection: selection, slugs: catalog.models.map(\.slug), window: window, unreadable: unreadable)
    var survey = try SurveyReader(queries: queries, selection: selection).read(connection, window: window)
    if !unreadable.isEmpty {
      let passedOver = try connection.query(queries.passedOver).scalar.flatMap { Int($0) } ?? 0
      survey.total += passedOver
      survey.dropped[.unreadable] = passedOver
    }
    try connection.query("SET LOCAL max_parallel_workers_per_gather = 0")
    return GatewayOutcomes(
      connection: connection, queries: queries, names: NameIndex(catalog.models.map(\.slug)),
      reader: Reader(halfLife: selection.halfLifeDays.map { $0 * 86_400 }), progress: progress, survey: survey,
      catalog: catalog)
  }

  /// The server writes instants in ISO order, so that texts compare as times do from year 1 to 9999.
  static func window(_ clock: [String?]) throws(GatewayError) -> ClosedRange<String> {
    guard let now = clock[0], let start = clock[1], start <= now else {
      throw .badRows("the server's clock or the window cannot be read")
    }
    return start...now
  }

  static func catalog(
    _ connection: borrowing Connection, _ schema: GatewaySchema, _ floors: (tasks: [String: Double], other: Double)
  ) throws -> Catalog {
    let rows = try connection.query(
      "SELECT slug::text, q_prior::float8, price_in_per_mtok_usd::float8, price_out_per_mtok_usd::float8, "
        + "coalesce(m_allowed, false) FROM \(SQLText.table("models", schema: schema.name)) WHERE slug IS NOT NULL"
    ).rows
    let models = rows.map { row in
      CatalogModel(
        slug: row[0] ?? "", prior: row[1].flatMap(Double.init), inputPrice: row[2].flatMap(Double.init),
        outputPrice: row[3].flatMap(Double.init), isAllowed: row[4] == "t")
    }
    do {
      return try Catalog(validating: models, floors: floors.tasks, defaultFloor: floors.other)
    } catch {
      throw GatewayError.badRows("the table models: \(error)")
    }
  }

  /// Lends the connection, inside the transaction, for what must be of the same snapshot.
  public func withConnection<Result>(_ body: (borrowing Connection) throws -> Result) rethrows -> Result {
    try body(connection)
  }

  /// Streams the training rows.
  public mutating func readTraining(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let cut = survey.cut else { return }
    try read(queries.training(cut: cut), expected: survey.training, body)
  }

  /// Streams the holdout rows.
  public mutating func readHoldout(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let cut = survey.cut else { return }
    try read(queries.holdout(cut: cut, periods: survey.periods), expected: survey.holdout, body)
  }

  private mutating func read(
    _ query: String, expected: Int, _ body: (Outcome, CellDirectory) -> Void
  ) throws {
    var count = 0
    let progress = progress
    let names = names
    var reader = reader
    let rows = try connection.copy(query, columns: OutcomeQueries.columns) { row throws(PostgresError) in
      let outcome = try reader.read(&row, names)
      body(outcome, reader.directory)
      count += 1
      if count & 0xffff == 0 { progress(count) }
    }
    self.reader = reader
    guard rows == expected else {
      throw GatewayError.badRows("\(expected) rows were counted and \(rows) arrived, in one snapshot")
    }
  }

  /// Ends the transaction.
  public mutating func finish() throws {
    try connection.query("COMMIT")
  }
}
