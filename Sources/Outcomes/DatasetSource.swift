/// The outcomes of a dataset in CSV, read three times: to count and find the cut, to learn, and to replay.
///
/// The first pass keeps 12 bytes a row, from which the instant of the cut and the strata follow; the others keep none.
public struct DatasetSource: OutcomeSource {
  /// The bytes of the dataset in parts, from its start; nil at its end.
  public typealias Chunks = () throws -> [UInt8]?

  private let catalog: Catalog
  private let selection: OutcomeSelection
  private let open: () throws -> Chunks
  private var reader: DatasetReader?
  private var cut: Instant?
  private var end: Instant?
  /// What is in the dataset.
  public private(set) var survey: Survey

  /// The cells met so far.
  public var directory: CellDirectory { reader?.directory ?? CellDirectory() }

  /// Counts the dataset.
  /// - Parameter open: begins to read the dataset anew.
  /// - Throws: `DatasetError`, and what reading throws.
  public init(catalog: Catalog, selection: OutcomeSelection, open: @escaping () throws -> Chunks) throws {
    self.catalog = catalog
    self.selection = selection
    self.open = open
    survey = Survey(
      total: 0, dropped: [:], judges: [:], newJudges: [], sources: [:], training: 0, holdout: 0, window: ""..."",
      cut: nil)
    try count()
  }

  private mutating func count() throws {
    var tally = DatasetTally(arms: catalog.models.count)
    var counter: DatasetReader?
    try forEachRow(&counter) { reader, record, row in
      tally.add(row, outcome: row.isTraffic ? try reader.outcome(record, row) : nil)
    }
    guard let counter else { throw DatasetError(line: nil, column: nil, reason: "the dataset is empty") }
    (survey, cut) = tally.survey(
      holdoutShare: selection.holdoutShare, judges: counter.judges, sources: counter.sources,
      cells: counter.directory.cells, models: catalog.models.map(\.slug))
    end = tally.last
  }

  /// Streams the training rows.
  /// - Throws: `DatasetError`, and what reading throws.
  public mutating func readTraining(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let cut else { return }
    try forEachRow(&reader) { reader, record, row in
      guard row.step == nil, row.instant < cut else { return }
      let outcome = try reader.outcome(record, row)
      body(outcome, reader.directory)
    }
  }

  /// Streams the holdout rows.
  /// - Throws: `DatasetError`, and what reading throws.
  public mutating func readHoldout(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let cut else { return }
    try forEachRow(&reader) { reader, record, row in
      guard row.step == nil, row.instant >= cut else { return }
      let outcome = try reader.outcome(record, row)
      body(outcome, reader.directory)
    }
  }

  private func forEachRow(
    _ reader: inout DatasetReader?, _ body: (inout DatasetReader, CSVRecord, DatasetRow) throws -> Void
  ) throws {
    var parser = CSVParser()
    var isHeader = true
    let take: (CSVRecord) throws -> Void = { record in
      defer { isHeader = false }
      guard var current = try reader.take() ?? makeReader(header: record) else { return }
      defer { reader = current }
      if isHeader { return }
      let row = try current.read(record)
      try body(&current, record, row)
    }
    let next = try open()
    while let chunk = try next() { try parser.parse(chunk, take) }
    try parser.finish(take)
  }

  private func makeReader(header: CSVRecord) throws(DatasetError) -> DatasetReader? {
    var reader = try DatasetReader(header: header, catalog: catalog, selection: selection)
    reader.end = end
    return reader
  }
}
