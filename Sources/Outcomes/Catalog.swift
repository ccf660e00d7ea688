/// The models, in the order of their slugs' bytes, and the floors of the tasks.
public struct Catalog: Codable, Sendable, Equatable {
  /// The models by slug; the index of a model here is its arm.
  public let models: [CatalogModel]
  /// The least quality that a task may get.
  public let floors: [String: Double]
  /// The floor of a task that `floors` does not name.
  public let defaultFloor: Double

  /// The floors of the gateway.
  public static let standardFloors: [String: Double] = [
    "reasoning": 0.88, "code": 0.78, "tool_use": 0.78, "general": 0.68, "chat": 0.58, "extraction": 0.58,
    "embed": 0.52,
  ]

  enum CodingKeys: String, CodingKey {
    case models, floors
    case defaultFloor = "default_floor"
  }

  /// Makes a catalog of what is known to be right.
  public init(
    models: [CatalogModel], floors: [String: Double] = Catalog.standardFloors, defaultFloor: Double = 0.5
  ) {
    self.models = models.sorted { $0.slug.utf8.lexicographicallyPrecedes($1.slug.utf8) }
    self.floors = floors
    self.defaultFloor = defaultFloor
  }

  /// Reads a catalog; absent floors are the gateway's.
  /// - Throws: `DecodingError`, and `CatalogError` of what is no catalog.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      validating: try container.decode([CatalogModel].self, forKey: .models),
      floors: try container.decodeIfPresent([String: Double].self, forKey: .floors) ?? Catalog.standardFloors,
      defaultFloor: try container.decodeIfPresent(Double.self, forKey: .defaultFloor) ?? 0.5)
  }

  /// The catalog with these floors in place of its own; what is not named stays.
  public func replacing(floors others: [String: Double], defaultFloor other: Double?) -> Catalog {
    Catalog(
      models: models, floors: floors.merging(others) { $1 }, defaultFloor: other ?? defaultFloor)
  }

  /// The least quality that the task may get, in [0,1].
  public func floor(task: String) -> Double { floors[task] ?? defaultFloor }

  /// The priors by arm; a model without one, which is never enrolled, counts as 0.5 in the algebra.
  public var priors: [Double] { models.map { $0.prior ?? 0.5 } }
}
