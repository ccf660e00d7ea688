public import Outcomes

/// How a cell's model is chosen from qualities, prices and a floor.
public enum DecisionRule: String, Codable, Sendable, CaseIterable {
  /// The cheapest enrolled model whose quality clears the floor; the gateway's rule.
  case cheapestClearingFloor = "cheapest_clearing_floor"
  /// The enrolled model of the highest mean.
  case highestMean = "highest_mean"
  /// The enrolled model of the highest upper confidence bound.
  case highestUpperBound = "highest_ucb"
  /// The enrolled model of the lowest price for a unit of quality, among those whose quality clears the floor; the
  /// gateway's ranking by expected cost.
  case lowestPricePerQuality = "lowest_price_per_quality"

  /// Decides in one cell.
  /// - Parameters:
  ///   - floor: the task's floor, in [0,1].
  ///   - quality: the quality of each arm, learned or prior, in [0,1].
  ///   - upperBound: the upper confidence bound of each arm.
  public func decide(_ catalog: Catalog, floor: Double, quality: [Double], upperBound: [Double]) -> Decision {
    let enrolled = catalog.models.indices.filter { catalog.models[$0].isEnrolled }
    guard !enrolled.isEmpty else { return Decision(arm: nil, rule: .noCandidateEnrolled) }
    let candidates = keepsFloor ? enrolled.filter { quality[$0] >= floor } : enrolled
    let prices = catalog.models.map { $0.price ?? .infinity }
    // Arms are in the order of their slugs' bytes, so the first of equals is the one with the least slug.
    let best = candidates.min { a, b in
      let (x, y) = (score(a, prices, quality, upperBound), score(b, prices, quality, upperBound))
      return x == y ? quality[a] > quality[b] : x < y
    }
    guard let best else { return Decision(arm: nil, rule: .noCandidateClearsFloor) }
    guard self == .cheapestClearingFloor else { return Decision(arm: best, rule: .other(rawValue)) }
    let isVetoed = catalog.models.indices.contains { arm in
      let model = catalog.models[arm]
      return !model.isAllowed && model.isPriced && (model.prior ?? -1) >= floor && prices[arm] < prices[best]
    }
    return Decision(arm: best, rule: isVetoed ? .allowedVetoApplied : .cheapestClearingFloor)
  }

  /// Whether only models whose quality clears the floor may be chosen.
  private var keepsFloor: Bool { self == .cheapestClearingFloor || self == .lowestPricePerQuality }

  /// What the rule makes least.
  private func score(_ arm: Int, _ prices: [Double], _ quality: [Double], _ upperBound: [Double]) -> Double {
    switch self {
    case .cheapestClearingFloor: prices[arm]
    case .highestMean: -quality[arm]
    case .highestUpperBound: -upperBound[arm]
    case .lowestPricePerQuality: quality[arm] > 0 ? prices[arm] / quality[arm] : .infinity
    }
  }
}
