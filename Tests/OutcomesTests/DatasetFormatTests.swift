import Outcomes
import TestSupport
import Testing

@Suite struct DatasetFormatTests {
  /// The survey and the outcomes of a text, which is cut into chunks of this size.
  private static func read(
    _ text: String, _ format: DatasetFormat, models: [String]? = nil, chunk: Int = 7, tolerance: Int = 0
  ) throws -> (source: DatasetSource, outcomes: [Outcome], cells: [String]) {
    let bytes = Array(text.utf8)
    let open: () -> DatasetSource.Chunks = {
      var place = 0
      return {
        guard place < bytes.count else { return nil }
        defer { place += chunk }
        return Array(bytes[place..<min(place + chunk, bytes.count)])
      }
    }
    let names = try models ?? DatasetSource.models(format: format, open: open)
    let catalog = Catalog(
      models: names.map {
        CatalogModel(slug: $0, prior: 0.5, inputPrice: 1, outputPrice: 1, isAllowed: true)
      }, floors: [:], defaultFloor: 0)
    var source = try DatasetSource(
      catalog: catalog, selection: OutcomeSelection(source: "any"), format: format, tolerance: tolerance, open: open)
    var outcomes: [Outcome] = []
    try source.readTraining { outcome, _ in outcomes.append(outcome) }
    try source.readHoldout { outcome, _ in outcomes.append(outcome) }
    return (source, outcomes, source.directory.cells.map(\.description))
  }

  private static let header = "created_at,chosen_model_slug,judge_score,tenant_id,task_type,cost_actual_usd,agent_id\n"

  @Test("JSON lines say the same as CSV, wherever the chunks are cut", arguments: [1, 3, 64, 4096])
  func jsonLines(chunk: Int) throws {
    let csv = """
      2026-01-01T00:00:00Z,a,4,t1,chat,0.5,x
      2026-01-01T00:00:01Z,"b ""q"" r",1.5,t2,code é,0.25,y
      2026-01-01T00:00:02Z,a,,t1,chat,,x
      2026-01-01T00:00:03Z,a,2,t1,chat,1e-3,
      """
    let lines = #"""
      {"created_at": "2026-01-01T00:00:00Z", "chosen_model_slug": "a", "judge_score": 4, "tenant_id": "t1", "task_type": "chat", "cost_actual_usd": 0.5, "agent_id": "x"}
      {"judge_score":1.5,"chosen_model_slug":"b \"q\" r","created_at":"2026-01-01T00:00:01Z","tenant_id":"t2","task_type":"code \u00e9","cost_actual_usd":0.25,"agent_id":"y","notes":{"deep":[1,{"x":null}],"s":"}"}}

        {"created_at":"2026-01-01T00:00:02Z","chosen_model_slug":"a","judge_score":null,"tenant_id":"t1","task_type":"chat","cost_actual_usd":null,"agent_id":"x"}
      {"created_at":"2026-01-01T00:00:03Z","chosen_model_slug":"a","judge_score":2,"tenant_id":"t1","task_type":"chat","cost_actual_usd":1e-3,"agent_id":null}
      """#
    let fromCSV = try DatasetFormatTests.read(
      DatasetFormatTests.header + csv, .csv, models: ["a", "b \"q\" r"], chunk: chunk)
    let fromJSON = try DatasetFormatTests.read(lines, .jsonLines, models: ["a", "b \"q\" r"], chunk: chunk)
    #expect(fromJSON.cells == fromCSV.cells && fromCSV.cells.contains("code é:t2:balanced"))
    #expect(fromJSON.source.survey == fromCSV.source.survey)
    // An outcome without an agent is an agent of its own, by its line, and the two files have other lines.
    #expect(fromJSON.outcomes.dropLast().elementsEqual(fromCSV.outcomes.dropLast()) { "\($0)" == "\($1)" })
    #expect(fromCSV.outcomes.count == 3)
  }

  @Test("a byte-order mark is no part of the first name, wherever the chunks are cut", arguments: [1, 2, 3, 4, 4096])
  func byteOrderMark(chunk: Int) throws {
    let csv = DatasetFormatTests.header + "2026-01-01T00:00:00Z,a,4,t1,chat,0.5,x\n"
    let line = #"{"created_at":"2026-01-01T00:00:00Z","chosen_model_slug":"a","judge_score":4}"#
    let texts: [(String, DatasetFormat)] = [
      (csv, .csv), (line, .jsonLines), ("shared | c\n0:0:0.5 | a\n", .vowpalWabbitText(costs: 0...1)),
      (
        #"{"_label_cost":-1,"_label_probability":0.5,"_labelIndex":0,"c":{"_multi":[{"_tag":"a"}]}}"#,
        .decisionServiceJSON(costs: -1...0)
      ),
    ]
    for (text, format) in texts {
      let plain = try DatasetFormatTests.read(text, format, models: ["a"], chunk: chunk)
      let marked = try DatasetFormatTests.read("\u{feff}" + text, format, models: ["a"], chunk: chunk)
      #expect(marked.outcomes == plain.outcomes && plain.outcomes.count == 1 && marked.cells == plain.cells)
    }
  }

  @Test("a text in UTF-16 is refused by name")
  func otherEncoding() {
    let error = #expect(throws: DatasetError.self) {
      _ = try DatasetSource.models(format: .csv) {
        var chunks: [[UInt8]] = [[0xff, 0xfe, 0x61, 0]]
        return { chunks.popLast() }
      }
    }
    #expect(error?.description == "line 1: the text is in UTF-16; write it in UTF-8")
  }

  @Test(
    "a field of CSV is a decimal number or none",
    arguments: [
      "0x1p3", "0x10", " 1", "1 ", "1e", "1_000", "1,5", "４", "1e5.0", "one", "--1", "+-1", "nann", "infinit", ".",
    ])
  func noNumber(text: String) throws {
    let csv = DatasetFormatTests.header + "2026-01-01T00:00:00Z,a,4,t,k,\"\(text)\",\n2026-01-01T00:00:01Z,a,4,t,k,1,\n"
    let error = #expect(throws: DatasetError.self) { try DatasetFormatTests.read(csv, .csv, models: ["a"]) }
    #expect(error?.line == 2 && error?.column == "cost_actual_usd")
    #expect(try DatasetFormatTests.read(csv, .csv, models: ["a"], tolerance: 1).outcomes.count == 1)
  }

  @Test(
    "a cost that is absent, negative, not finite or beyond what a call can cost is unknown, and never 0",
    arguments: [
      ("", nil), ("-1", nil), ("-5e-324", nil), ("NaN", nil), ("nan", nil), ("Infinity", nil), ("-inf", nil),
      ("+inf", nil),
      ("1e400", nil), ("1e300", nil), ("1000000.01", nil), ("1e6", 1e6), ("0", 0), ("-0.0", 0), (".5", 0.5), ("1.", 1),
      ("+1e-3", 0.001), ("5e-324", 0), ("9e-13", 0), ("1e-12", 1e-12),
    ] as [(String, Double?)])
  func costs(text: String, cost: Double?) throws {
    let csv = DatasetFormatTests.header + "2026-01-01T00:00:00Z,a,4,t,k,\(text),\n"
    #expect(try DatasetFormatTests.read(csv, .csv, models: ["a"]).outcomes.map(\.cost) == [cost])
  }

  @Test("a tenant with a colon is counted and left out, and the cells after it keep their numbers")
  func colons() throws {
    let rows = ["t1", "a:b", "t2", "a:b", "t1", "*", "t3"].enumerated().map {
      "2026-01-01T00:00:0\($0.offset)Z,a,\(1 + $0.offset % 5),\($0.element),k,1,x"
    }
    let csv = DatasetFormatTests.header + rows.joined(separator: "\n")
    let read = try DatasetFormatTests.read(csv, .csv, models: ["a"], tolerance: 3)
    #expect(read.cells == ["k:t1:balanced", "k:t2:balanced", "k:t3:balanced"])
    #expect(read.outcomes.map(\.cell) == [0, 1, 0, 2])
    #expect(read.source.survey.dropped[.unreadable] == 3 && read.source.skipped.count == 3)
    let error = #expect(throws: DatasetError.self) {
      try DatasetFormatTests.read(csv, .csv, models: ["a"], tolerance: 2)
    }
    #expect(error?.description.hasPrefix("line 7, column tenant_id: k:*:balanced is no cell") == true)
  }

  @Test("a key that a line lacks counts as a missing column, and null as an empty one")
  func absentKeys() throws {
    let read = try DatasetFormatTests.read(
      """
      {"created_at":"2026-01-01T00:00:00Z","chosen_model_slug":"a","judge_score":4}
      {"created_at":"2026-01-01T00:00:01Z","chosen_model_slug":"a","judge_score":4,"inference_id":null}
      {"created_at":"2026-01-01T00:00:02Z","chosen_model_slug":"a","judge_score":4,"inference_id":"i","outcome_status":null}
      """, .jsonLines, models: ["a"])
    #expect(read.outcomes.count == 1)
    #expect(read.source.survey.dropped[.noInference] == 1 && read.source.survey.dropped[.notComplete] == 1)
  }

  @Test(
    "a record that cannot be read is an error with its line, and within the tolerance it is left out and counted",
    arguments: [
      (DatasetFormat.csv, "x,a,4,t,k,,", "line 3, column created_at: \"x\""),
      (.csv, "2026-01-01,a,four,t,k,,", "line 3, column judge_score: \"four\""),
      (.csv, "2026-01-01,a,4", "line 3: 3 fields where the header has 7"),
      (.csv, "2026-01-01,\"a\"b,4,t,k,,", "line 3: a quoted field goes on"),
      (.jsonLines, "{\"created_at\":", "line 3: no JSON object"),
      (.jsonLines, "[1]", "line 3: no JSON object"),
      (
        .jsonLines, "{\"created_at\":\"2026-01-01\",\"chosen_model_slug\":{},\"judge_score\":1}",
        "line 3: no JSON object"
      ),
      (.jsonLines, "{\"created_at\":\"2026-01-01\"} x", "line 3: no JSON object"),
      (.jsonLines, "{\"created_at\":\"\\ud800\"}", "line 3: no JSON object"),
    ])
  func badRecords(format: DatasetFormat, bad: String, message: String) throws {
    let good =
      format == .csv
      ? "2026-01-01T00:00:00Z,a,4,t,k,,"
      : "{\"created_at\":\"2026-01-01T00:00:00Z\",\"chosen_model_slug\":\"a\",\"judge_score\":4}"
    let start = format == .csv ? DatasetFormatTests.header : "\n"
    let text = start + [good, bad, good, bad, good].joined(separator: "\n")
    let error = #expect(throws: DatasetError.self) { try DatasetFormatTests.read(text, format, models: ["a"]) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    #expect(throws: DatasetError.self) { try DatasetFormatTests.read(text, format, models: ["a"], tolerance: 1) }
    let tolerant = try DatasetFormatTests.read(text, format, models: ["a"], tolerance: 2)
    #expect(tolerant.outcomes.count == 3 && tolerant.source.skipped.map(\.line) == [3, 5])
    #expect(tolerant.source.survey.dropped[.unreadable] == 2 && tolerant.source.survey.total == 5)
  }

  @Test("Vowpal Wabbit's text: contexts are cells, actions are models, and the lowest cost is a reward of 1")
  func vowpalWabbitText() throws {
    let text = """
      shared |User user=Tom time_of_day=morning age:31
      0:0.25:0.8 |Action article=sports
      |Action article=politics

      shared |User user=Anna time_of_day=noon
      |Action article=sports
      0:1:0.5 |Action article=politics |Size big:1 length:0.5


      | a b
      0:0:1 |x c

      shared |User user=Tom time_of_day=morning
      |Action article=sports
      |Action article=politics
      """
    for chunk in [1, 5, 4096] {
      let read = try DatasetFormatTests.read(text, .vowpalWabbitText(costs: 0...1), chunk: chunk)
      #expect(
        read.source.directory.cells.map(\.description) == [
          "user=Tom:tenant:time_of_day=morning", "user=Anna:tenant:time_of_day=noon", "general:tenant:balanced",
        ])
      #expect(read.outcomes.map(\.reward) == [0.75, 0, 1])
      #expect(read.source.survey.dropped[.notJudged] == 1)
      let propensities = read.outcomes.map(\.propensity)
      #expect("\(propensities)".contains("0.8") && "\(propensities)".contains("0.5"))
    }
    let names = try DatasetSource.models(format: .vowpalWabbitText(costs: 0...1)) {
      var chunks = [Array(text.utf8)]
      return { chunks.popLast() }
    }
    #expect(names == ["article=politics+Size^big", "article=sports", "x^c"])
  }

  @Test(
    "what is no decision is an error with its line",
    arguments: [
      ("shared | a\n0:1 | b\n", "line 2, column label"),
      ("| a\n0:2:0.5 | b\n", "line 1: the cost 2.0 lies outside 0.0 to 1.0"),
      ("0:1:0.5 | a\n0:1:0.5 | b\n", "line 2, column label: a second"), ("0:1:0.5 | a:x\n", "line 1, column features"),
    ])
  func noDecision(text: String, message: String) {
    let error = #expect(throws: DatasetError.self) {
      try DatasetFormatTests.read(text, .vowpalWabbitText(costs: 0...1), models: ["a"])
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("dsjson: the label's action, cost and probability, the context's text, and the actions by tag or features")
  func decisionService() throws {
    let text = #"""
      {"_label_cost":-1,"_label_probability":0.8166667,"_label_Action":2,"_labelIndex":1,"Timestamp":"2026-02-03T04:05:06.0000000Z","Version":"1","EventId":"e1","a":[2,1,3],"c":{"Geo":{"country":"France","_ignored":"x"},"age":31,"isNew":true,"_multi":[{"_tag":"one","i":{"id":"x"}},{"TAction":{"topic":"sport","size":3}},{}]},"p":[0.8,0.1,0.1],"VWState":{"m":"s"}}
      {"_label_cost":0,"_label_probability":0.1,"_label_Action":1,"Timestamp":"2026-02-03T04:05:07Z","c":{"Geo":{"country":"Chad"},"_multi":[{"_tag":"one"},{"TAction":{"topic":"sport"}}]}}
      {"_label_cost":-0.5,"_label_probability":0.1,"_labelIndex":0,"_skipLearn":true,"Timestamp":"2026-02-03T04:05:08Z","c":{"_multi":[{"_tag":"one"}]}}
      {"RewardValue":1.0,"EnqueuedTimeUtc":"2026-02-03T04:05:09Z","EventId":"dangling","Observations":[{"v":1.0}]}
      """#
    let read = try DatasetFormatTests.read(text, .decisionServiceJSON(costs: -1...0))
    #expect(read.cells == ["country=France:tenant:isNew=true", "country=Chad:tenant:balanced"])
    #expect(read.outcomes.map(\.reward) == [1, 0])
    #expect(read.source.survey.dropped[.excluded] == 1 && read.source.survey.dropped[.notJudged] == 1)
    #expect(read.source.survey.window.lowerBound == "1970-01-01T00:00:03.000000Z")
    let beyond = #"{"_label_cost":-1,"_label_probability":1,"_labelIndex":4,"c":{"_multi":[{}]}}"#
    let error = #expect(throws: DatasetError.self) {
      try DatasetFormatTests.read(beyond, .decisionServiceJSON(costs: -1...0), models: ["a"])
    }
    #expect(error?.description == "line 1: action 4 was chosen, of 1 counted from 0")
  }

  @Test("a line cut off anywhere, or with any byte changed, is read or refused, and never a crash", arguments: 0..<4)
  func mutated(seed: UInt64) {
    let line =
      #"{"_label_cost":-1,"_label_probability":0.8,"_labelIndex":1,"c":{"G":{"c":"Fr\u00e9\ud83d\ude00"},"_multi":[{"_tag":"one"},{"T":[1,{"t":"s"}]}]}}"#
    let bytes = Array(line.utf8)
    var generator = SeededGenerator(seed: seed)
    var texts = bytes.indices.map { Array(bytes[..<$0]) }
    for _ in 0..<2000 {
      var changed = bytes
      changed[generator.index(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
      texts.append(changed)
    }
    for format in [DatasetFormat.decisionServiceJSON(costs: -1...0), .jsonLines, .vowpalWabbitText(costs: 0...1), .csv]
    {
      for text in texts {
        _ = try? DatasetSource.models(format: format) {
          var chunks = [text]
          return { chunks.popLast() }
        }
      }
    }
  }
}
