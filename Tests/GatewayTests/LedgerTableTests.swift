import Outcomes
import Policies
import Postgres
import TestSupport
import Testing

@Suite struct LedgerTableTests {
  private static let catalog = Catalog(
    models: ["a", "b"].map {
      CatalogModel(slug: "model-\($0)", prior: 0.123, inputPrice: 1, outputPrice: 1, isAllowed: true)
    })

  /// A policy whose numbers have from 0 to 9 decimals.
  private static func policy(cells: Int) throws -> Policy {
    let rows = (0..<cells).map { cell in
      let models = catalog.models.enumerated().map { arm, model in
        let digits = String(repeating: "7", count: (cell + arm) % 10)
        return
          "\"\(model.slug)\":{\"mean\":\(arm == 0 ? "-0" : "1").0\(digits),\"n\":\(cell * cell),\"ucb\":1.\(digits)0,"
          + "\"width\":0.000\(digits)0}"
      }
      let pick = cell % 3 == 0 ? "null" : "\"model-a\""
      return
        "\"task:tenant \(cell):band\":{\"models\":{\(models.joined(separator: ","))},\"n_cell\":\(cell),\"pick\":\(pick),"
        + "\"rule\":\"cheapest_clearing_floor\"}"
    }
    return try Policy(canonicalJSON: Array("{\"cells\":{\(rows.joined(separator: ","))},\"exploration\":0.05}".utf8))
  }

  @Test("what a table takes as jsonb is foreseen, never too little and hardly too much", arguments: [1, 10, 1000])
  func size(cells: Int) throws {
    let table = LedgerTable(
      try LedgerTableTests.policy(cells: cells), beside: .untrained(exploration: 0.05),
      catalog: LedgerTableTests.catalog, rule: .cheapestClearingFloor, minimumSupport: 15)
    let server = try TestServer.shared.get()
    let taken =
      try server.owner(server.makeDatabase()).query(
        "SELECT pg_column_size($1::jsonb)", parameters: [.utf8(table.whole)]
      ).scalar.flatMap { Int($0) } ?? 0
    #expect(
      taken > 0 && table.bytesOfWhole + 8 >= taken && table.bytesOfWhole < taken * 102 / 100,
      "\(table.bytesOfWhole) for \(taken)")
  }

  @Test("values go to the server as they are: NULL, empty, text and bytes")
  func parameters() throws {
    let server = try TestServer.shared.get()
    let row = try server.owner(server.makeDatabase()).query(
      "SELECT $1::text, $2::text, $3::text, encode($4::bytea, 'hex'), encode($5::bytea, 'hex'), $6::int + 1",
      parameters: [
        .text(nil), .text(""), .utf8(Array("ü".utf8)), .binary([0, 255, 1]), .binary([]), .binary([0, 0, 1, 2]),
      ]
    ).rows.first
    #expect(row == [nil, "", "ü", "00ff01", "", "259"])
  }
}
