public import Outcomes
internal import Policies

/// What every model answered to every prompt, as public benchmarks of routing have it: so the truth of every policy is
/// known, and a log can be drawn as any router would have left it.
public struct FullInformation: Sendable {
  /// What the models answered to a prompt.
  struct Prompt {
    let cell: Int
    /// The quality of each model's answer, in [0,1]; nil where the model was not asked.
    var quality: [Double?]
    /// What each answer cost, in USD.
    var cost: [Double]
  }

  let catalog: Catalog
  private(set) var cells: [Cell] = []
  private(set) var prompts: [Prompt] = []

  /// Reads a table with a row for each prompt and model: `prompt_id`, `model` and `quality` in [0,1], and where it has
  /// them `cost_usd` and `task_type`. Models that the catalog lacks are passed over.
  /// - Throws: `DatasetError`, and what reading throws.
  public init(catalog: Catalog, next: @escaping () throws -> [UInt8]?) throws {
    self.catalog = catalog
    var parser = CSVParser()
    var table: Table?
    var reader = Reader(catalog: catalog)
    let take: (DatasetRecord) throws -> Void = { record in
      if let table {
        try reader.add(record, table)
      } else {
        table = try Table(header: record)
      }
    }
    let next = ByteOrderMark.skipped(next)
    while let chunk = try next() { try parser.parse(chunk, take) }
    try parser.finish(take)
    for (arm, model) in catalog.models.enumerated() where model.isEnrolled {
      guard reader.prompts.contains(where: { $0.quality[arm] != nil }) else {
        throw DatasetError(
          line: nil, column: "model", reason: "no row is of \(model.slug); leave that model out of the catalog")
      }
    }
    (cells, prompts) = (reader.cells, reader.prompts)
  }

  /// How many prompts it has.
  public var count: Int { prompts.count }

  /// The prompts in an order drawn by a seed.
  func order(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed ^ 0x6f72_6465)
    return Array(prompts.indices).shuffled(using: &generator)
  }

  /// The truth over the prompts that a log of this seed holds out: in each cell the mean of each model's answers, of all
  /// its answers where it has none in the cell.
  /// - Parameter share: the newest share of the log that is held out.
  public func truth(seed: UInt64, holdoutShare share: Double) -> Truth {
    let held = order(seed: seed)[Int(Double(count) * (1 - share))...]
    let slugs = catalog.models.map(\.slug)
    let rows = Dictionary(grouping: held) { prompts[$0].cell }
    return Truth(
      cells: rows.sorted { $0.key < $1.key }.map { cell, members in
        Truth.CellTruth(
          cell: cells[cell].description, share: Double(members.count) / Double(held.count),
          models: Dictionary(
            uniqueKeysWithValues: slugs.enumerated().compactMap { arm, slug in
              (mean(members, arm: arm) ?? mean(Array(held), arm: arm)).map { (slug, $0) }
            }))
      })
  }

  private func mean(_ members: [Int], arm: Int) -> Truth.ModelTruth? {
    let answers = members.compactMap { number in
      prompts[number].quality[arm].map { (quality: $0, cost: prompts[number].cost[arm]) }
    }
    guard !answers.isEmpty else { return nil }
    let count = Double(answers.count)
    return Truth.ModelTruth(
      reward: answers.reduce(0) { $0 + $1.quality } / count,
      done: answers.reduce(0) { $0 + FullInformation.done(quality: $1.quality) } / count,
      cost: answers.reduce(0) { $0 + $1.cost } / count)
  }

  /// The probability that the score, rounded by chance, is at least 3.
  static func done(quality: Double) -> Double { min(max(4 * quality - 1, 0), 1) }

  /// The value over the held-out prompts of the decision rule that knows each answer's quality before it is given: the
  /// cheapest model that clears the floor, else the best.
  public func oraclePerPrompt(seed: UInt64, holdoutShare share: Double) -> Truth.Value {
    let held = order(seed: seed)[Int(Double(count) * (1 - share))...]
    var value = Truth.Value()
    for prompt in held.map({ prompts[$0] }) {
      let asked = catalog.models.indices.filter { prompt.quality[$0] != nil && catalog.models[$0].isEnrolled }
      let floor = catalog.floor(task: cells[prompt.cell].task)
      let clearing = asked.filter { (prompt.quality[$0] ?? 0) >= floor }
      let pick =
        clearing.min { (catalog.models[$0].price ?? 0) < (catalog.models[$1].price ?? 0) }
        ?? asked.max { (prompt.quality[$0] ?? 0) < (prompt.quality[$1] ?? 0) }
      guard let pick, let quality = prompt.quality[pick] else { continue }
      value.reward += quality / Double(held.count)
      value.done += FullInformation.done(quality: quality) / Double(held.count)
      value.cost += prompt.cost[pick] / Double(held.count)
    }
    return value
  }

  /// Where the columns are.
  private struct Table {
    let prompt: Int
    let model: Int
    let quality: Int
    let cost: Int?
    let task: Int?

    init(header: DatasetRecord) throws(DatasetError) {
      if let fault = header.fault { throw fault }
      let names = (0..<header.count).map { String(decoding: header[$0] ?? [], as: UTF8.self) }
      func required(_ name: String) throws(DatasetError) -> Int {
        guard let place = names.firstIndex(of: name) else {
          throw DatasetError(line: header.line, column: name, reason: "the header lacks the column")
        }
        return place
      }
      prompt = try required("prompt_id")
      model = try required("model")
      quality = try required("quality")
      cost = names.firstIndex(of: "cost_usd")
      task = names.firstIndex(of: "task_type")
    }
  }

  /// Gathers the rows of each prompt, which need not stand together.
  private struct Reader {
    let catalog: Catalog
    private let models: NameIndex
    private var numbers: [String: Int] = [:]
    private var tasks: [String: Int] = [:]
    private(set) var cells: [Cell] = []
    private(set) var prompts: [Prompt] = []

    init(catalog: Catalog) {
      self.catalog = catalog
      models = NameIndex(catalog.models.map(\.slug))
    }

    mutating func add(_ record: DatasetRecord, _ table: Table) throws(DatasetError) {
      if let fault = record.fault { throw fault }
      func field(_ place: Int) throws(DatasetError) -> ArraySlice<UInt8> {
        guard place < record.count, let field = record[place] else {
          throw DatasetError(line: record.line, column: nil, reason: "the row is too short")
        }
        return field
      }
      func text(_ place: Int) throws(DatasetError) -> String { String(decoding: try field(place), as: UTF8.self) }
      let slug = try field(table.model)
      guard let arm = models.existingNumber(of: slug.span) else { return }
      let shown = try text(table.quality)
      guard let quality = NumberText.value(shown), (0...1).contains(quality) else {
        throw DatasetError(
          line: record.line, column: "quality", reason: "\"\(shown.shortened(to: 60))\" is not in [0,1]")
      }
      let price = try table.cost.map { place throws(DatasetError) in try text(place) } ?? "0"
      guard let cost = Outcome.knownCost(NumberText.value(price)) else {
        throw DatasetError(
          line: record.line, column: "cost_usd", reason: "\"\(price.shortened(to: 60))\" is not from 0 to 1000000 USD")
      }
      let number = number(
        of: try text(table.prompt),
        task: try table.task.map { place throws(DatasetError) in try text(place) } ?? "general")
      prompts[number].quality[arm] = quality
      prompts[number].cost[arm] = cost
    }

    private mutating func number(of prompt: String, task: String) -> Int {
      if let number = numbers[prompt] { return number }
      let cell = tasks[task] ?? tasks.count
      if cell == tasks.count {
        tasks[task] = cell
        cells.append(
          Cell(task: task.split(separator: ":").joined(separator: "="), tenant: "tenant", band: "balanced"))
      }
      numbers[prompt] = prompts.count
      let arms = catalog.models.count
      prompts.append(
        Prompt(cell: cell, quality: Array(repeating: nil, count: arms), cost: Array(repeating: 0, count: arms)))
      return prompts.count - 1
    }
  }
}
