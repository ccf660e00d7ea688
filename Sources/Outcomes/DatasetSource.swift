/// The outcomes of a dataset in a file, read three times: to count and find the cut, to learn, and to replay.
///
/// The first pass keeps 12 bytes a row, from which the instant of the cut and the strata follow; the others keep none.
public struct DatasetSource: OutcomeSource {
  /// The bytes of the dataset in parts, from its start; nil at its end.
  public typealias Chunks = () throws -> [UInt8]?

  private let catalog: Catalog
  private let selection: OutcomeSelection
  private let format: DatasetFormat
  private let tolerance: Int
  private let open: () throws -> Chunks
  private var reader: DatasetReader?
  private var bounds: DatasetBounds?
  /// Why the records that were left out cannot be read.
  public private(set) var skipped: [DatasetError] = []
  /// What is in the dataset.
  public private(set) var survey: Survey

  /// The cells met so far.
  public var directory: CellDirectory { reader?.directory ?? CellDirectory() }

  /// The policy versions by the number that outcomes have.
  public var versions: [String] {
    reader.map { reader in (0..<reader.versions.count).map { reader.versions[$0] } } ?? []
  }

  /// Counts the dataset.
  /// - Parameters:
  ///   - tolerance: how many records that cannot be read may be left out.
  ///   - open: begins to read the dataset anew.
  /// - Throws: `DatasetError`, and what reading throws.
  public init(
    catalog: Catalog, selection: OutcomeSelection, format: DatasetFormat = .csv, tolerance: Int = 0,
    open: @escaping () throws -> Chunks
  ) throws {
    self.catalog = catalog
    self.selection = selection
    self.format = format
    self.tolerance = tolerance
    self.open = open
    survey = Survey(
      total: 0, dropped: [:], judges: [:], newJudges: [], sources: [:], training: 0, holdout: 0, window: ""..."",
      cut: nil)
    try count()
  }

  /// The models that a dataset names, in the order of their bytes, without knowing them before.
  /// - Throws: what reading throws.
  public static func models(format: DatasetFormat, open: () throws -> Chunks) throws -> [String] {
    var names: Set<String> = []
    var place: Int?
    let take: (DatasetRecord) throws -> Void = { record in
      guard let column = place else {
        place = (0..<record.count).first { record[$0]?.elementsEqual(DatasetColumn.model.name.utf8) == true } ?? -1
        return
      }
      guard column >= 0, record.fault == nil, column < record.count, let name = record[column], !name.isEmpty else {
        return
      }
      names.insert(String(decoding: name, as: UTF8.self))
    }
    try format.forEachRecord(open, take)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func count() throws {
    var tally = DatasetTally(arms: catalog.models.count)
    var counter: DatasetReader?
    skipped = try forEachRow(&counter) { reader, record, row in
      tally.add(row, outcome: row.isTraffic ? try reader.outcome(record, row) : nil)
    }
    guard let counter else { throw DatasetError(line: nil, column: nil, reason: "the dataset is empty") }
    (survey, bounds) = tally.survey(
      holdoutShare: selection.holdoutShare, judges: counter.judges, sources: counter.sources,
      cells: counter.directory.cells, models: catalog.models.map(\.slug))
    survey.total += skipped.count
    survey.dropped[.unreadable] = skipped.count
  }

  /// Streams the training rows.
  /// - Throws: `DatasetError`, and what reading throws.
  public mutating func readTraining(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let bounds else { return }
    try forEachRow(&reader) { reader, record, row in
      guard row.step == nil, row.instant < bounds.cut else { return }
      let outcome = try reader.outcome(record, row)
      body(outcome, reader.directory)
    }
  }

  /// Streams the holdout rows.
  /// - Throws: `DatasetError`, and what reading throws.
  public mutating func readHoldout(_ body: (Outcome, CellDirectory) -> Void) throws {
    guard let bounds else { return }
    try forEachRow(&reader) { reader, record, row in
      guard row.step == nil, row.instant >= bounds.cut else { return }
      let outcome = try reader.outcome(record, row)
      body(outcome, reader.directory)
    }
  }

  /// - Returns: why records were left out.
  @discardableResult
  private func forEachRow(
    _ reader: inout DatasetReader?, _ body: (inout DatasetReader, DatasetRecord, DatasetRow) throws -> Void
  ) throws -> [DatasetError] {
    var isHeader = true
    var skipped: [DatasetError] = []
    let take: (DatasetRecord) throws -> Void = { record in
      defer { isHeader = false }
      guard var current = try reader.take() ?? makeReader(header: record) else { return }
      defer { reader = current }
      if isHeader { return }
      do {
        let row = try current.read(record)
        try body(&current, record, row)
      } catch let error as DatasetError where skipped.count < tolerance {
        skipped.append(error)
      }
    }
    try format.forEachRecord(open, take)
    return skipped
  }

  private func makeReader(header: DatasetRecord) throws(DatasetError) -> DatasetReader? {
    var reader = try DatasetReader(header: header, catalog: catalog, selection: selection)
    reader.bounds = bounds
    return reader
  }
}
