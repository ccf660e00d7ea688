/// A model that the gateway knows.
public struct CatalogModel: Codable, Sendable, Equatable {
  /// The name of the arm.
  public let slug: String
  /// The catalog's static guess of the quality, in [0,1].
  public let prior: Double?
  /// USD for a million input tokens.
  public let inputPrice: Double?
  /// USD for a million output tokens.
  public let outputPrice: Double?
  /// Whether the operator allows it; a missing answer is a no.
  public let isAllowed: Bool

  enum CodingKeys: String, CodingKey {
    case slug
    case prior = "q_prior"
    case inputPrice = "price_in_per_mtok_usd"
    case outputPrice = "price_out_per_mtok_usd"
    case isAllowed = "m_allowed"
  }

  /// Makes a model.
  public init(slug: String, prior: Double?, inputPrice: Double?, outputPrice: Double?, isAllowed: Bool) {
    self.slug = slug
    self.prior = prior
    self.inputPrice = inputPrice
    self.outputPrice = outputPrice
    self.isAllowed = isAllowed
  }

  /// Reads a model; `m_allowed` that is null or absent counts as false.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    slug = try container.decode(String.self, forKey: .slug)
    prior = try container.decodeIfPresent(Double.self, forKey: .prior)
    inputPrice = try container.decodeIfPresent(Double.self, forKey: .inputPrice)
    outputPrice = try container.decodeIfPresent(Double.self, forKey: .outputPrice)
    isAllowed = try container.decodeIfPresent(Bool.self, forKey: .isAllowed) ?? false
  }

  /// Input plus output price in USD, where both are known.
  public var price: Double? {
    guard let inputPrice, let outputPrice else { return nil }
    return inputPrice + outputPrice
  }

  /// Whether both prices are known and above zero.
  public var isPriced: Bool { (inputPrice ?? 0) > 0 && (outputPrice ?? 0) > 0 }

  /// Whether the decision rule may choose it: priced, with a prior, and allowed.
  public var isEnrolled: Bool { isPriced && prior != nil && isAllowed }
}
