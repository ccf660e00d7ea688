import Outcomes
import Testing

@Suite struct OutcomeTests {
  @Test("names that differ only in normalisation are two names")
  func normalisation() {
    let index = NameIndex(["caf\u{e9}", "cafe\u{301}"])
    #expect(index.count == 2)
    #expect(index.existingNumber(of: Array("cafe\u{301}".utf8).span) == 1)
    #expect(index.existingNumber(of: Array("cafe".utf8).span) == nil)
  }

  @Test("a thousand names keep their numbers while the index grows")
  func grows() {
    var index = NameIndex()
    for number in 0..<1000 { #expect(index.number(of: Array("name \(number)".utf8).span) == number) }
    for number in 0..<1000 { #expect(index.number(of: Array("name \(number)".utf8).span) == number) }
    #expect(index[437] == "name 437")
  }

  @Test(
    "a cell has three parts",
    arguments: [("a:b:c", true), ("a:b", false), ("a:b:c:d", false), ("", false)])
  func cell(text: String, isCell: Bool) {
    #expect((Cell(text) != nil) == isCell)
    if let cell = Cell(text) { #expect(cell.description == text) }
  }

  @Test(
    "a name that is refused leaves no trace in the directory",
    arguments: ["code:a:b:cost", "code", "", "code:*:cost", "code:\(String(repeating: "x", count: 20_000)):cost"])
  func refusedCell(text: String) {
    var directory = CellDirectory()
    func number(_ text: String) -> Int? { directory.number(of: Array(text.utf8).span) }
    #expect(number("code:a:cost") == 0)
    #expect(number(text) == nil && number(text) == nil)
    #expect(number("code:b:cost") == 1)
    #expect(number(text) == nil && directory.count == 2)
    #expect(number("code:a:cost") == 0 && number("code:b:cost") == 1)
    #expect(directory.cells.map(\.tenant) == ["a", "b"])
  }

  @Test("a cell that is not UTF-8 is refused")
  func encodedCell() {
    var directory = CellDirectory()
    #expect(directory.number(of: (Array("code:".utf8) + [0xff, 0xfe] + Array(":cost".utf8)).span) == nil)
    #expect(directory.count == 0)
  }

  @Test("a name of any length takes a bounded place in a text, and a list says how many more there are")
  func shortened() {
    #expect("short".shortened() == "short" && "".shortened() == "")
    let long = String(repeating: "e\u{301}", count: 500_000)
    #expect(long.shortened().unicodeScalars.count == String.shownCharacters + 1 && long.shortened().hasSuffix("…"))
    let stacked = "a" + String(repeating: "\u{301}", count: 500_000)
    #expect(stacked.shortened().utf8.count < 500)
    #expect((0..<5).map { "n\($0)" }.listed() == "n0, n1, n2 and 2 more")
    #expect(["a", "b"].listed() == "a, b" && [String]().listed() == "")
    #expect((0..<100_000).lazy.map { _ in long }.listed(10).utf8.count < 5000)
  }

  @Test(
    "a propensity is a probability above zero, or nothing",
    arguments: [
      (0.0, Propensity.invalid), (2, .invalid), (.nan, .invalid), (-0.1, .invalid), (1, .logged(1)),
      (1e-9, .logged(1e-9)), (9.99e-10, .invalid), (.leastNonzeroMagnitude, .invalid), (1e-300, .invalid),
      (.infinity, .invalid),
    ])
  func propensity(value: Double, expected: Propensity) {
    #expect(Propensity(logged: value, isDeterministic: false) == expected)
  }

  @Test("a deterministic mark counts only where nothing was logged")
  func deterministic() {
    #expect(Propensity(logged: nil, isDeterministic: true) == .deterministic)
    #expect(Propensity(logged: nil, isDeterministic: false) == .unknown)
    #expect(Propensity(logged: 0.5, isDeterministic: true) == .logged(0.5))
  }

  @Test("weights without decay are exact, and decay halves them in a half-life")
  func weights() {
    #expect(Outcome.rootWeight(isInternal: true, age: 1e9, halfLife: nil) == 0.5)
    #expect(Outcome.rootWeight(isInternal: false, age: 0, halfLife: 10) == 1)
    let root = Outcome.rootWeight(isInternal: false, age: 10, halfLife: 10)
    #expect(abs(root * root - 0.5) < 1e-3)
  }

  @Test("decimals are rounded and signed", arguments: [(0.03125, 4, "0.0313"), (-1.5, 0, "-2"), (-0.00001, 2, "0.00")])
  func decimals(value: Double, places: Int, text: String) {
    #expect(value.decimals(places) == text)
  }
}
