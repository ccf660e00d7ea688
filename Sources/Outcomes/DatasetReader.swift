internal import Glibc

/// Turns the records of a dataset into outcomes, by the column names of `routing_outcomes`.
///
/// `created_at`, `chosen_model_slug` and `judge_score` are required. A column that is missing counts as it does in the
/// database; without `inference_id` each row has one, without `outcome_status` each call succeeded, without
/// `judge_status` a row with a score is judged, and without `agent_id` each row is an agent of its own.
struct DatasetReader {
  private static let unknown = ArraySlice("unknown".utf8)
  private static let production = ArraySlice("prod".utf8)
  private static let generalTask = ArraySlice("general".utf8)
  private static let someTenant = ArraySlice("tenant".utf8)

  /// The place of each column; -1 of one that the header lacks.
  private let places: [Int]
  private let width: Int
  private let models: NameIndex
  private let selection: OutcomeSelection
  private(set) var directory = CellDirectory()
  private(set) var judges = NameIndex()
  private(set) var sources = NameIndex()
  private var name: [UInt8] = []
  /// The policy versions, by number.
  private(set) var versions = NameIndex()
  /// What the first pass found out; nil on the first pass.
  var bounds: DatasetBounds?

  init(header: DatasetRecord, catalog: Catalog, selection: OutcomeSelection) throws(DatasetError) {
    if let fault = header.fault { throw fault }
    var columns: [String: Int] = [:]
    for field in 0..<header.count {
      let name = String(decoding: header[field] ?? [], as: UTF8.self)
      guard columns.updateValue(field, forKey: name) == nil else {
        throw DatasetError(line: header.line, column: name, reason: "the column stands twice in the header")
      }
    }
    for required in DatasetColumn.required where columns[required.name] == nil {
      throw DatasetError(line: header.line, column: required.name, reason: "the header lacks the column")
    }
    places = DatasetColumn.allCases.map { columns[$0.name] ?? -1 }
    self.selection = selection
    width = header.count
    models = NameIndex(catalog.models.map(\.slug))
  }

  mutating func read(_ record: DatasetRecord) throws(DatasetError) -> DatasetRow {
    if let fault = record.fault { throw fault }
    guard record.count == width else {
      throw DatasetError(
        line: record.line, column: nil, reason: "\(record.count) fields where the header has \(width)")
    }
    guard let created = field(record, .createdAt), let instant = Instant(created) else {
      throw bad(record, .createdAt, "is no instant in ISO 8601")
    }
    let model = field(record, .model)
    let arm = model.flatMap { models.existingNumber(of: $0.span) }
    let score = try number(record, .score)
    let judge = field(record, .judge)
    let status = has(record, .status) ? CallStatus(field(record, .status)) : .succeeded
    let step = try step(
      record, status: status, score: score, arm: arm, isSelfJudged: model != nil && judge == model)
    let judgeName = judge ?? DatasetReader.unknown
    let sourceName = field(record, .source) ?? DatasetReader.production
    return DatasetRow(
      step: step, status: status, isTraffic: try isTraffic(record, step, arm: arm), instant: instant,
      judge: judges.number(of: judgeName.span),
      source: sources.number(of: sourceName.span),
      arm: arm ?? 0, score: score ?? 1, hasCost: has(record, .cost))
  }

  private func isTraffic(_ record: DatasetRecord, _ step: FunnelStep?, arm: Int?) throws(DatasetError) -> Bool {
    guard let step else { return true }
    guard FunnelStep.judging.contains(step) else { return false }
    return try fallsLater(record, arm: arm) == nil
  }

  private func has(_ record: DatasetRecord, _ column: DatasetColumn) -> Bool {
    let place = places[column.rawValue]
    return place >= 0 && record[place] != nil
  }

  private func field(_ record: DatasetRecord, _ column: DatasetColumn) -> ArraySlice<UInt8>? {
    let place = places[column.rawValue]
    guard place >= 0, let field = record[place] else { return nil }
    return field.isEmpty ? nil : field
  }

  private func text(_ record: DatasetRecord, _ column: DatasetColumn) -> String? {
    field(record, column).map { String(decoding: $0, as: UTF8.self) }
  }

  private func bad(_ record: DatasetRecord, _ column: DatasetColumn, _ what: String) -> DatasetError {
    let shown = (text(record, column) ?? "").shortened(to: 60)
    return DatasetError(line: record.line, column: column.name, reason: "\"\(shown)\" \(what)")
  }

  private func number(_ record: DatasetRecord, _ column: DatasetColumn) throws(DatasetError) -> Double? {
    guard let text = field(record, column) else { return nil }
    guard let value = NumberText.value(text), value.isFinite else { throw bad(record, column, "is no finite number") }
    return value
  }

  private func boolean(_ record: DatasetRecord, _ column: DatasetColumn) throws(DatasetError) -> Bool {
    switch text(record, column)?.lowercased() {
    case nil, "f", "false", "0": false
    case "t", "true", "1": true
    default: throw bad(record, column, "is neither true nor false")
    }
  }

  private func step(
    _ record: DatasetRecord, status: CallStatus, score: Double?, arm: Int?, isSelfJudged: Bool
  ) throws(DatasetError) -> FunnelStep? {
    if has(record, .inference), field(record, .inference) == nil { return .noInference }
    switch status {
    case .notComplete: return .notComplete
    case .unknown: return .unknownStatus
    case .failed: return try fallsLater(record, arm: arm)
    case .succeeded: break
    }
    let isLabelled = !has(record, .judgeStatus) ? score != nil : text(record, .judgeStatus) == "labeled"
    if !isLabelled { return .notJudged }
    guard let score, (1...5).contains(score) else { return .badScore }
    if let later = try fallsLater(record, arm: arm) { return later }
    return isSelfJudged ? .selfJudged : nil
  }

  /// The first step after the judging at which a row falls, but for who judged it.
  private func fallsLater(_ record: DatasetRecord, arm: Int?) throws(DatasetError) -> FunnelStep? {
    guard arm != nil else { return .unknownModel }
    if selection.source != "any", (text(record, .source) ?? "prod") != selection.source { return .otherSource }
    if text(record, .trafficClass) == "internal_probe" { return .probe }
    if let origin = text(record, .trafficOrigin), ["degraded", "mlx", "mlx-degraded"].contains(origin) {
      return .degraded
    }
    return try boolean(record, .isExcluded) ? .excluded : nil
  }

  /// The outcome of a row that is traffic; its cell is numbered now, so that only rows that are read have one.
  mutating func outcome(_ record: DatasetRecord, _ row: DatasetRow) throws(DatasetError) -> Outcome {
    let group = field(record, .agent).map { Hash.fnv1a($0.span) } ?? UInt64(record.line)
    let isDeterministic = text(record, .decisionType) == "deterministic"
    let age = bounds.map { Double($0.end.microseconds - row.instant.microseconds) / 1e6 } ?? 0
    let tokens = selection.usesInputTokens ? try number(record, .inputTokens) ?? 0 : 0
    return Outcome(
      cell: try cell(record), arm: row.arm, reward: Outcome.reward(score: row.score),
      succeeded: row.status == .succeeded, cost: try cost(record),
      rootWeight: Outcome.rootWeight(
        isInternal: try boolean(record, .isInternal), age: age, halfLife: selection.halfLifeDays.map { $0 * 86_400 }),
      propensity: Propensity(
        logged: try propensity(record), isDeterministic: isDeterministic),
      group: Int(group % UInt64(Outcome.groups)), logTokens: (log1p(max(tokens, 0)) * 1024).rounded() / 1024,
      period: bounds?.period(of: row.instant) ?? 0, version: version(record))
  }

  /// The cost; nil where it is absent, negative or not finite. What is no number at all is an error.
  private func cost(_ record: DatasetRecord) throws(DatasetError) -> Double? {
    guard let text = field(record, .cost) else { return nil }
    guard let value = NumberText.value(text) else { throw bad(record, .cost, "is not a number") }
    return Outcome.knownCost(value)
  }

  /// The propensity; what is no finite number is not valid, and what is no number at all is an error.
  private func propensity(_ record: DatasetRecord) throws(DatasetError) -> Double? {
    guard let text = field(record, .propensity) else { return nil }
    guard let value = NumberText.value(text) else { throw bad(record, .propensity, "is not a number") }
    return value.isFinite ? value : 0
  }

  /// The number of the version after the preset: `1.0.1+ab12cd34` of `cost_first@1.0.1+ab12cd34`.
  private mutating func version(_ record: DatasetRecord) -> Int {
    let field = field(record, .policyVersion) ?? []
    let mark = field.firstIndex(of: UInt8(ascii: "@")).map { field.index(after: $0) } ?? field.endIndex
    let name = field[mark...]
    return versions.number(of: name.span)
  }

  /// The number of the cell: task and band as stored, else `general` and the preset's band, with the tenant between.
  private mutating func cell(_ record: DatasetRecord) throws(DatasetError) -> Int {
    let stored = field(record, .cell).map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
    let tenant = field(record, .tenant) ?? DatasetReader.someTenant
    name.removeAll(keepingCapacity: true)
    if let stored, stored.count == 3, !stored[0].isEmpty, !stored[2].isEmpty {
      name += stored[0]
      append(tenant: tenant)
      name += stored[2]
    } else {
      name += (!has(record, .cell) ? field(record, .task) : nil) ?? DatasetReader.generalTask
      append(tenant: tenant)
      name += band(record).utf8
    }
    let text = name
    guard let number = directory.number(of: text.span) else {
      throw DatasetError(
        line: record.line, column: "tenant_id",
        reason: "\(String(decoding: text, as: UTF8.self).shortened()) is no cell: \(CellDirectory.needs)")
    }
    return number
  }

  private mutating func append(tenant: ArraySlice<UInt8>) {
    name.append(UInt8(ascii: ":"))
    name += tenant
    name.append(UInt8(ascii: ":"))
  }

  private func band(_ record: DatasetRecord) -> String {
    let preset = text(record, .policyVersion)?.split(separator: "@", omittingEmptySubsequences: false).first
    switch preset {
    case "cost_first": return "cost"
    case "quality_first": return "quality"
    case "latency_first": return "latency"
    case "strict": return "strict"
    case "custom": return "weighted"
    default: return "balanced"
    }
  }
}
