import Foundation
import Outcomes
import Testing

@Suite struct CatalogTests {
  private static func model(
    _ slug: String, prior: Double? = 0.5, input: Double? = 1, output: Double? = 2
  ) -> CatalogModel {
    CatalogModel(slug: slug, prior: prior, inputPrice: input, outputPrice: output, isAllowed: true)
  }

  @Test(
    "what no catalog can hold is refused with the slug and the value",
    arguments: [
      ([model("a"), model("b"), model("a")], "two models have the slug a;"),
      ([model("a"), model("")], "model 2 has an empty slug"),
      ([model("b", prior: 1.0000001)], "q_prior of b is 1.0000001"),
      ([model("b", prior: -0.1)], "q_prior of b is -0.1"), ([model("b", prior: .nan)], "q_prior of b is nan"),
      ([model("b", prior: .infinity)], "q_prior of b is inf"),
      ([model("b", input: -1)], "price_in_per_mtok_usd of b is -1.0"),
      ([model("b", output: .nan)], "price_out_per_mtok_usd of b is nan"),
      ([model("b", output: -.infinity)], "price_out_per_mtok_usd of b is -inf"),
      ([model("b", input: 1e300)], "price_in_per_mtok_usd of b is 1e+300"),
      ([model("b", input: .leastNonzeroMagnitude)], "price_in_per_mtok_usd of b is 5e-324"),
      ((0...Catalog.mostModels).map { model("m\($0)") }, "10001 models"),
    ])
  func refuses(models: [CatalogModel], message: String) {
    let error = #expect(throws: CatalogError.self) { try Catalog(validating: models) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("a floor that is no share is refused with its task", arguments: [-0.1, 1.1, .nan, .infinity])
  func floors(floor: Double) {
    #expect(throws: CatalogError.self) { try Catalog(validating: [], floors: ["code": floor]) }
    let error = #expect(throws: CatalogError.self) { try Catalog(validating: [], floors: [:], defaultFloor: floor) }
    #expect(error?.description == "default_floor is \(floor); it must be in [0,1]")
  }

  @Test("names that differ only in normalisation are two models, and unknown or zero prices are allowed")
  func allows() throws {
    let models = [
      CatalogTests.model("caf\u{e9}"), CatalogTests.model("cafe\u{301}", prior: nil, input: nil, output: 0),
      CatalogTests.model("z", prior: 0, input: 1e6, output: 1e-9), CatalogTests.model("y", prior: 1),
    ]
    #expect(try Catalog(validating: models).models.count == 4)
  }

  @Test("a catalog in JSON is checked like one from the database")
  func json() {
    let text = #"{"models": [{"slug": "a", "q_prior": 2}]}"#
    let error = #expect(throws: CatalogError.self) {
      try JSONDecoder().decode(Catalog.self, from: Data(text.utf8))
    }
    #expect(error?.description == "q_prior of a is 2.0; it must be in [0,1]")
  }
}
