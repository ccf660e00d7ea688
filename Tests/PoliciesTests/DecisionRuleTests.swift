import Outcomes
import Policies
import TestSupport
import Testing

@Suite struct DecisionRuleTests {
  struct Vector: Decodable {
    struct Case: Decodable {
      struct Expected: Decodable {
        let pick: String?
        let rule: String
      }

      let catalog: [CatalogModel]
      let floor: Double
      let learned_quality: [String: Double]
      let expected: Expected
    }

    let cases: [Case]
  }

  @Test("every case of the gateway's decision rule is decided as the reference decides it")
  func vectors() throws {
    let cases = try Repository.vector("decision-rule", as: Vector.self).cases
    #expect(cases.count == 120)
    for (number, item) in cases.enumerated() {
      let catalog = Catalog(models: item.catalog)
      let quality = catalog.models.map { item.learned_quality[$0.slug] ?? $0.prior ?? 0 }
      let decision = DecisionRule.cheapestClearingFloor.decide(
        catalog, floor: item.floor, quality: quality, upperBound: quality)
      #expect(decision.arm.map { catalog.models[$0].slug } == item.expected.pick, "case \(number)")
      #expect(decision.rule.name == item.expected.rule, "case \(number)")
    }
  }

  static let catalog = Catalog(models: [
    CatalogModel(slug: "a", prior: 0.5, inputPrice: 1, outputPrice: 1, isAllowed: true),
    CatalogModel(slug: "b", prior: 0.5, inputPrice: 3, outputPrice: 3, isAllowed: true),
    CatalogModel(slug: "c", prior: 0.5, inputPrice: 9, outputPrice: 9, isAllowed: true),
  ])

  @Test(
    "each rule chooses by its own measure",
    arguments: [
      (DecisionRule.highestMean, 1), (.highestUpperBound, 2), (.lowestPricePerQuality, 1), (.cheapestClearingFloor, 1),
    ])
  func rules(rule: DecisionRule, arm: Int) {
    let decision = rule.decide(
      DecisionRuleTests.catalog, floor: 0.6, quality: [0.4, 0.9, 0.8], upperBound: [0.5, 0.91, 0.99])
    #expect(decision.arm == arm)
  }
}
