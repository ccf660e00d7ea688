import LinUCB
import Outcomes
import Policies
import Testing

@Suite struct PolicyTests {
  static let catalog = Catalog(
    models: [
      CatalogModel(slug: "cheap \"quoted\"\n", prior: 0.9, inputPrice: 1, outputPrice: 1, isAllowed: true),
      CatalogModel(slug: "middle", prior: 0.3, inputPrice: 2, outputPrice: 2, isAllowed: true),
      CatalogModel(slug: "strong", prior: 0.95, inputPrice: 9, outputPrice: 9, isAllowed: true),
    ], floors: ["code": 0.7])

  /// A table in which the cheap model is bad and the middle one good, from this many rows of each.
  static func table(rows: Int) throws -> Table {
    var directory = CellDirectory()
    let cell = directory.number(of: Cell(task: "code", tenant: "t", band: "cost"))
    var builder = StatisticsBuilder(arms: 3)
    for (arm, reward) in [0.25, 0.75, 1].enumerated() {
      for _ in 0..<rows { builder.add(cell: cell, arm: arm, reward: reward, rootWeight: 1) }
    }
    return try Table(
      Regression(builder.finish(), directory: directory, priors: catalog.priors, names: catalog.models.map(\.slug)),
      ridge: Ridge())
  }

  static func learn(rows: Int, from incumbent: Policy = .untrained(exploration: 0.05)) throws -> Policy {
    PolicyLearner().learn(try table(rows: rows), catalog: catalog, incumbent: incumbent)
  }

  @Test("a model with thin support may not take over from the incumbent's pick")
  func safeImprovement() throws {
    let cell = Cell(task: "code", tenant: "t", band: "cost")
    let thin = try PolicyTests.learn(rows: 3)
    #expect(thin.row(for: cell)?.pick == "cheap \"quoted\"\n")
    let thick = try PolicyTests.learn(rows: 200)
    #expect(thick.row(for: cell)?.pick == "middle")
  }

  @Test("learning again on the same rows from the learned policy gives the same bytes")
  func isStable() throws {
    let first = try PolicyTests.learn(rows: 200)
    let second = try PolicyTests.learn(rows: 200, from: first)
    #expect(first.canonicalJSON == second.canonicalJSON)
  }

  @Test("a policy written and read back is the same", arguments: [1, 2, 200])
  func roundTrips(rows: Int) throws {
    let policy = try PolicyTests.learn(rows: rows)
    #expect(try Policy(canonicalJSON: policy.canonicalJSON) == policy)
    #expect(try Policy(perCell: PolicyTests.ledgerTable(policy).whole, exploration: 0.05) == policy)
  }

  static func ledgerTable(_ policy: Policy, beside incumbent: Policy = .untrained(exploration: 0.05)) -> LedgerTable {
    LedgerTable(
      policy, beside: incumbent, catalog: catalog, rule: .cheapestClearingFloor, minimumSupport: 15)
  }

  @Test("a policy that is changed in any part has another hash, and is another")
  func hasOwnHash() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let text = String(decoding: policy.canonicalJSON, as: UTF8.self)
    for (part, other) in [
      ("\"mean\":0.", "\"mean\":0.1"), ("\"pick\":\"middle\"", "\"pick\":\"strong\""),
      ("\"n_cell\":600", "\"n_cell\":601"), ("\"middle\"", "\"muddle\""), ("code:t:cost", "code:u:cost"),
      ("\"exploration\":0.05", "\"exploration\":0.06"),
    ] {
      #expect(text.contains(part))
      let changed = try Policy(canonicalJSON: Array(text.replacing(part, with: other).utf8))
      #expect(changed.hash != policy.hash && changed != policy, "\(part)")
      #expect(PolicyArtifact(changed).difference(from: policy) != PolicyArtifact.Difference(), "\(part)")
    }
    #expect(Policy.shortHash(policy.canonicalJSON) == policy.hash)
  }

  @Test("the order of cells and models in a text does not matter")
  func anyOrder() throws {
    let model = "{\"mean\":0.5,\"n\":1,\"ucb\":0.9,\"width\":0.1}"
    func cell(_ models: [String]) -> String {
      "{\"models\":{\(models.map { "\"\($0)\":\(model)" }.joined(separator: ", "))}, \"n_cell\":1,\"pick\":null,\"rule\":\"r\"}"
    }
    let sorted = "{\"cells\":{\"a:b:c\":\(cell(["m", "n"])),\"a:b:d\":\(cell(["k", "m"]))},\"exploration\":0.05}"
    let other =
      "{ \"exploration\" : 0.05 , \"x\":[{}], \"cells\" : {\"a:b:d\": \(cell(["m", "k"])) , \"a:b:c\":\(cell(["n", "m"]))}}"
    let policy = try Policy(canonicalJSON: Array(sorted.utf8))
    #expect(try Policy(canonicalJSON: Array(other.utf8)) == policy)
    #expect(try Policy(canonicalJSON: Array(other.utf8)).canonicalJSON == policy.canonicalJSON)
  }

  @Test("a text is read alike wherever its parts are cut")
  func readsInParts() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let text = policy.canonicalJSON
    for size in [1, 2, 3, 7, 64, text.count - 1] {
      var loader = PolicyLoader()
      for start in stride(from: 0, to: text.count, by: size) {
        try loader.append(Array(text[start..<min(start + size, text.count)]))
      }
      #expect(loader.hash == policy.hash)
      #expect(try loader.finish() == policy, "parts of \(size)")
    }
  }

  @Test("an artifact reads back as the policy that it was made of, and differs from every other")
  func artifact() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let artifact = PolicyArtifact(policy)
    #expect(artifact.hash == policy.hash)
    #expect(artifact.difference(from: policy) == PolicyArtifact.Difference())
    let other = artifact.difference(from: try PolicyTests.learn(rows: 100))
    #expect(other.cells == 2 && other.first == "code:*:cost")
    let fewer = artifact.difference(from: .untrained(exploration: 0.05))
    #expect(fewer.cells == 2 && fewer.fault == nil)
    #expect(PolicyArtifact(.untrained(exploration: 0.05)).difference(from: policy).cells == 2)
  }

  @Test("the ledger keeps the changed cells of a large table, the busiest first where they are too many")
  func changedCells() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let table = try Policy(perCell: PolicyTests.ledgerTable(policy).changes, exploration: 0.05)
    let changed = policy.cells.filter {
      policy.decide($0, catalog: PolicyTests.catalog, rule: .cheapestClearingFloor).arm != 0
    }
    #expect(table.cells == changed && !changed.isEmpty)
    #expect(String(decoding: PolicyTests.ledgerTable(policy, beside: policy).changes, as: UTF8.self) == "{}")
    let many = try Policy(canonicalJSON: Array(PolicyTests.large(cells: 10_050).utf8))
    #expect(!LedgerTable.isKeptWhole(many))
    let kept = try Policy(perCell: PolicyTests.ledgerTable(many).changes, exploration: 0.05)
    #expect(kept.cells.count == 10_000 && kept.cells.indices.map { kept.count(at: $0) }.min() == 51)
  }

  /// A policy of many cells, of which each has one row more than the one before, and another pick than without training.
  static func large(cells: Int) -> String {
    let rows = (1...cells).map {
      "\"code:t\($0):cost\":{\"models\":{\"strong\":{\"mean\":0.5,\"n\":1,\"ucb\":0.9,\"width\":0.1}},\"n_cell\":\($0),"
        + "\"pick\":\"strong\",\"rule\":\"r\"}"
    }
    return "{\"cells\":{\(rows.joined(separator: ","))},\"exploration\":0.05}"
  }

  @Test("two slugs that differ only in normalisation stay two models, with what is known of each")
  func normalForms() throws {
    let forms = ["\u{c5}", "A\u{30a}"]
    let text =
      "{\"cells\":{\"code:t:cost\":{\"models\":{"
      + forms.enumerated().map { "\"\($1)\":{\"mean\":0.\($0 + 5),\"n\":\($0 + 1),\"ucb\":0.9,\"width\":0.1}" }
      .joined(separator: ",") + "},\"n_cell\":3,\"pick\":\"A\u{30a}\",\"rule\":\"cheapest_clearing_floor\"}},"
      + "\"exploration\":0.05}"
    let policy = try Policy(canonicalJSON: Array(text.utf8))
    let cell = Cell(task: "code", tenant: "t", band: "cost")
    let row = try #require(policy.row(for: cell))
    #expect(policy.models.count == 2)
    #expect(forms.map { policy.entry(row, model: $0)?.count } == [1, 2])
    let catalog = Catalog(
      models: forms.map { CatalogModel(slug: $0, prior: 0.5, inputPrice: 1, outputPrice: 1, isAllowed: true) },
      floors: [:], defaultFloor: 0)
    let service = policy.serve(cell, catalog: catalog, rule: .cheapestClearingFloor)
    #expect(service.decision.arm.map { Array(catalog.models[$0].slug.utf8) } == Array("A\u{30a}".utf8))
    #expect(service.quality == [0.6, 0.5])
    #expect(try Policy(canonicalJSON: policy.canonicalJSON) == policy)
  }

  @Test(
    "what is no policy is an error that says why",
    arguments: [
      ("", "{ is expected"), ("[]", "{ is expected"), ("{\"cells\":{}", "ends early"),
      ("{\"cells\":{},}", "a member is expected"), ("{\"cells\":{}}", "exploration is missing"),
      ("{\"exploration\":0.05}", "cells are missing"),
      (
        "{\"cells\":{\"a:b:c\":{\"models\":{}}},\"exploration\":0.05}",
        "the cell a:b:c lacks models, n_cell, pick or rule"
      ),
      (
        "{\"cells\":{\"a:b:c\":{\"models\":{},\"n_cell\":1,\"rule\":\"r\"}},\"exploration\":0.05}",
        "lacks models, n_cell, pick"
      ),
      (
        "{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{}},\"n_cell\":1}},\"exploration\":0.05}",
        "lacks n, mean, ucb or width"
      ),
      (
        "{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{\"n\":1,\"mean\":1e300,\"ucb\":1,\"width\":1}}}},\"exploration\":0.05}",
        "1e+300 is beyond what a policy can hold"
      ), ("{\"cells\":{\"a:b:c\":{\"models\":{},\"n_cell\":-1}},\"exploration\":0.05}", "a whole number"),
      ("{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{\"n\":1.5}},\"n_cell\":1}},\"exploration\":0.05}", "a whole number"),
      (
        "{\"cells\":{\"ab\":{\"models\":{},\"n_cell\":1,\"pick\":null,\"rule\":\"r\"}},\"exploration\":0.05}",
        "is not task:tenant:band"
      ), ("{\"cells\":{},\"exploration\":7}", "exploration is 7.0, not in [0,1]"),
      ("{\"cells\":{},\"exploration\":0.05} x", "more follows"),
      ("{\"cells\":{},\"exploration\":NaN}", "a value is expected"),
      ("{\"cells\":{},\"exploration\":1.5}", "exploration is 1.5, not in [0,1]"),
      (
        "{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{\"n\":1,\"ucb\":1e300}},\"n_cell\":1}},\"exploration\":0.05}",
        "1e+300 is beyond"
      ),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: PolicyError.self) { try Policy(canonicalJSON: Array(text.utf8)) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test(
    "a table with a number that its JSON cannot hold is found out, and its JSON is refused", arguments: [1e10, 1e300])
  func unwritable(alpha: Double) throws {
    let table = try PolicyTests.table(rows: 200)
    let policy = PolicyLearner(alpha: alpha * 100).learn(
      table, catalog: PolicyTests.catalog, incumbent: .untrained(exploration: 0.05))
    #expect(policy.firstUnwritable?.cell == Cell(task: "code", tenant: "*", band: "cost"))
    #expect(throws: PolicyError.self) { try Policy(canonicalJSON: policy.canonicalJSON) }
    #expect(try PolicyTests.learn(rows: 200).firstUnwritable == nil)
  }

  @Test("a tenant that training never saw is served by the fallback row of its task and band")
  func fallsBack() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let stranger = Cell(task: "code", tenant: "stranger", band: "cost")
    #expect(policy.row(for: stranger) == policy.row(for: stranger.fallback))
    #expect(policy.row(for: Cell(task: "unheard of", tenant: "t", band: "cost")) == nil)
  }

  @Test("probabilities sum to one, and five percent go to models whose upper bound clears the floor")
  func explores() throws {
    let policy = try PolicyTests.learn(rows: 200)
    let service = policy.serve(
      Cell(task: "code", tenant: "t", band: "cost"), catalog: PolicyTests.catalog, rule: .cheapestClearingFloor)
    #expect(abs(service.probabilities.reduce(0, +) - 1) < 1e-15)
    #expect(service.probabilities == [0, 0.95, 0.05])
  }
}
