import Outcomes
import Simulation
import Testing

@Suite struct FullInformationTests {
  private static let catalog = Catalog(
    models: [
      CatalogModel(slug: "cheap", prior: 0.6, inputPrice: 1, outputPrice: 1, isAllowed: true),
      CatalogModel(slug: "dear", prior: 0.9, inputPrice: 5, outputPrice: 5, isAllowed: true),
    ], floors: ["code": 0.8], defaultFloor: 0.5)

  private static func information(_ text: String) throws -> FullInformation {
    var chunks = [Array(text.utf8)]
    return try FullInformation(catalog: catalog) { chunks.popLast() }
  }

  /// Prompts of two tasks, of qualities and costs that follow from their number; every fifth has no answer of `cheap`.
  private static func table(_ prompts: Int) -> String {
    "prompt_id,task_type,note,model,quality,cost_usd\n"
      + (0..<prompts).map { number in
        let task = number % 3 == 0 ? "code" : "chat: small"
        let cheap = number % 5 == 0 ? "" : "p\(number),\(task),x,cheap,\(Double(number % 7) / 8),0.001\n"
        return cheap + "p\(number),\(task),\"a,b\",dear,0.9,0.0\(number % 9)\np\(number),\(task),x,unknown,7,x\n"
      }.joined()
  }

  private static func outcomes(_ log: DrawnLog) throws -> (rows: [Outcome], cells: [Cell]) {
    var source = try DatasetSource(
      catalog: catalog, selection: OutcomeSelection(source: "any"), open: { log.chunks() })
    var rows: [Outcome] = []
    try source.readTraining { outcome, _ in rows.append(outcome) }
    try source.readHoldout { outcome, _ in rows.append(outcome) }
    return (rows, source.directory.cells)
  }

  @Test("the truth is the mean over the prompts that a log holds out", arguments: [1, 2] as [UInt64])
  func truth(seed: UInt64) throws {
    let information = try FullInformationTests.information(FullInformationTests.table(3000))
    let whole = information.truth(seed: seed, holdoutShare: 1)
    #expect(whole.cells.map(\.cell) == ["code:tenant:balanced", "chat= small:tenant:balanced"])
    #expect(abs(whole.cells[0].share - 1.0 / 3) < 1e-12)
    let numbers = (0..<3000).filter { $0 % 3 == 0 && $0 % 5 != 0 }
    let mean = numbers.reduce(0.0) { $0 + Double($1 % 7) / 8 } / Double(numbers.count)
    let done = numbers.reduce(0.0) { $0 + min(max(4 * Double($1 % 7) / 8 - 1, 0), 1) } / Double(numbers.count)
    #expect(abs((whole.cells[0].models["cheap"]?.reward ?? 0) - mean) < 1e-12)
    #expect(abs((whole.cells[0].models["cheap"]?.done ?? 0) - done) < 1e-12)
    #expect(abs((whole.cells[0].models["cheap"]?.cost ?? 0) - 0.001) < 1e-12)
    #expect(whole.cells[0].models["unknown"] == nil)
    let oracle = information.oraclePerPrompt(seed: seed, holdoutShare: 1)
    // `cheap` never clears the floor of code, and clears the other from a half on.
    let picks = (0..<3000).map { (number: Int) -> Double in
      number % 3 == 0 || number % 5 == 0 || number % 7 < 4 ? 0.9 : Double(number % 7) / 8
    }
    #expect(abs(oracle.reward - picks.reduce(0, +) / 3000) < 1e-9)
  }

  @Test(
    "a drawn log chooses as its router, among the models that answered, and its scores mean the quality",
    arguments: ["uniform", "prior", "epsilon=0.2"], [3, 4] as [UInt64])
  func draws(name: String, seed: UInt64) throws {
    let information = try FullInformationTests.information(FullInformationTests.table(20_000))
    let router = try #require(LoggingRouter(name))
    let log = DrawnLog(information, router: router, seed: seed)
    let (rows, cells) = try FullInformationTests.outcomes(log)
    #expect(rows.count == 20_000)
    let again = try FullInformationTests.outcomes(DrawnLog(information, router: router, seed: seed))
    #expect(zip(rows, again.rows).allSatisfy { "\($0)" == "\($1)" })
    if name == "prior" {
      // The priors choose `dear` for code and `cheap` for the rest, and `cheap` did not always answer.
      #expect(rows.allSatisfy { $0.propensity == .deterministic })
      #expect(rows.allSatisfy { $0.arm == 1 || cells[$0.cell].task != "code" })
      return
    }
    var sums: [Double] = [0, 0]
    for row in rows {
      guard case .logged(let propensity) = row.propensity else {
        Issue.record("no propensity")
        return
      }
      sums[row.arm] += 1 / propensity
    }
    #expect(abs(sums[0] / 16_000 - 1) < 0.05 && abs(sums[1] / 20_000 - 1) < 0.05, "\(sums), seed \(seed)")
    let dear = rows.filter { $0.arm == 1 }
    #expect(abs(dear.reduce(0) { $0 + $1.reward } / Double(dear.count) - 0.9) < 0.01, "seed \(seed)")
  }

  @Test(
    "routers are named as on the command line, and nothing else is one", arguments: ["", "epsilon=0", "epsilon=2", "x"])
  func names(text: String) {
    #expect(LoggingRouter(text) == nil)
    #expect(LoggingRouter("epsilon=1") == .epsilon(1) && LoggingRouter("prior") == .prior)
  }

  @Test(
    "what is no table is an error with line and column",
    arguments: [
      ("prompt_id,quality\n", "line 1, column model"),
      ("prompt_id,model,quality\np,cheap,1.5\n", "line 2, column quality"),
      ("prompt_id,model,quality\np,cheap\n", "line 2: the row is too short"),
      ("prompt_id,model,quality,cost_usd\np,cheap,1,free\n", "line 2, column cost_usd"),
      ("prompt_id,model,quality\np,cheap,1\n", "column model: no row is of dear"),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: DatasetError.self) { try FullInformationTests.information(text) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }
}
