/// Why models and floors are no catalog.
public struct CatalogError: Error, Equatable, CustomStringConvertible {
  /// One sentence: which model or floor, the value, and what it must be.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Catalog {
  /// The most models that a catalog may have, and the most floors.
  public static let mostModels = 10_000

  /// The least and the most that a model may cost, beside 0, in USD for a million tokens; what lies outside is an error of
  /// what wrote it, and its ratio to a cost would not be a number.
  private static let prices = 1e-9...1e6

  /// Makes a catalog of what somebody wrote.
  /// - Throws: `CatalogError` for an empty slug or one that two models have, byte for byte; a prior outside [0,1]; a price
  ///   that is neither 0 nor from 10⁻⁹ to 10⁶ USD; a floor outside [0,1]; more than 10,000 models or floors.
  public init(
    validating models: [CatalogModel], floors: [String: Double] = Catalog.standardFloors, defaultFloor: Double = 0.5
  ) throws(CatalogError) {
    try Catalog.checkCount(models.count, "models")
    try Catalog.checkCount(floors.count, "floors")
    var slugs = NameIndex()
    for (place, model) in models.enumerated() {
      guard !model.slug.isEmpty else { throw CatalogError("model \(place + 1) has an empty slug") }
      guard slugs.number(of: Array(model.slug.utf8).span) == place else {
        throw CatalogError("two models have the slug \(model.slug.shortened()); remove one, or rename it")
      }
      try Catalog.check(model)
    }
    for (task, floor) in floors.sorted(by: { $0.key < $1.key }) {
      try Catalog.check(share: floor, "the floor of \(task.shortened())")
    }
    try Catalog.check(share: defaultFloor, "default_floor")
    self.init(models: models, floors: floors, defaultFloor: defaultFloor)
  }

  private static func checkCount(_ count: Int, _ what: String) throws(CatalogError) {
    guard count <= mostModels else { throw CatalogError("\(count) \(what); at most \(mostModels) are allowed") }
  }

  private static func check(_ model: CatalogModel) throws(CatalogError) {
    let name = model.slug.shortened()
    if let prior = model.prior { try check(share: prior, "q_prior of \(name)") }
    let all = [("price_in_per_mtok_usd", model.inputPrice), ("price_out_per_mtok_usd", model.outputPrice)]
    for case (let key, let price?) in all {
      guard price == 0 || prices.contains(price) else {
        throw CatalogError("\(key) of \(name) is \(price); it must be 0, or from 1e-9 to 1e6 USD, or null")
      }
    }
  }

  private static func check(share value: Double, _ what: String) throws(CatalogError) {
    guard (0...1).contains(value) else { throw CatalogError("\(what) is \(value); it must be in [0,1]") }
  }
}
