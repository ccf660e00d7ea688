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
    let perCell = policy.perCell(
      beside: .untrained(exploration: 0.05), catalog: PolicyTests.catalog, minimumSupport: 15)
    let read = try Policy(
      perCell: perCell, exploration: 0.05, catalog: PolicyTests.catalog, rule: .cheapestClearingFloor)
    #expect(read == policy)
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
      ("", "{ is expected at byte 1"), ("{\"cells\":{}}", "exploration is missing"),
      ("{\"exploration\":0.05}", "cells are missing"),
      ("{\"cells\":{\"a:b:c\":{\"models\":{}}},\"exploration\":0.05}", "lacks models or n_cell"),
      ("{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{}},\"n_cell\":1}},\"exploration\":0.05}", "lacks n"),
      ("{\"cells\":{\"a:b:c\":{\"models\":{\"m\":{\"n\":1.5}},\"n_cell\":1}},\"exploration\":0.05}", "a whole number"),
      ("{\"cells\":{\"ab\":{\"models\":{},\"n_cell\":1}},\"exploration\":0.05}", "is not task:tenant:band"),
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

  @Test("a row of another writer, with qualities alone, is decided by the rule")
  func readsPlainRows() throws {
    let text = """
      {"code:t:cost": {"n_cell": 7, "models": {"middle": {"n": 7, "q_incumbent": 0.3, "q_candidate": 0.8, "delta": 0.5, \
      "counted": true}, "cheap \\"quoted\\"\\n": {"n": 1, "q_incumbent": 0.9, "q_candidate": 0.1, "delta": -0.8, \
      "counted": true}}}}
      """
    let policy = try Policy(
      perCell: Array(text.utf8), exploration: 0.05, catalog: PolicyTests.catalog, rule: .cheapestClearingFloor)
    #expect(policy.row(for: Cell(task: "code", tenant: "t", band: "cost"))?.pick == "middle")
  }
}
