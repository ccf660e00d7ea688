internal import Outcomes
internal import Policies

extension World {
  /// The model that the priors choose in a cell, by its number.
  func priorPick(in cell: Int) -> Int? {
    let priors = catalog.priors
    return DecisionRule.cheapestClearingFloor.decide(
      catalog, floor: catalog.floor(task: cells[cell].task), quality: priors, upperBound: priors
    ).arm
  }

  /// The probability that a call of a cell and arm is done, over all agents.
  func done(_ pair: Int) -> Double {
    let (high, low) = (quality[pair] + agentEffect, quality[pair] - agentEffect)
    return (World.done(quality: high) + World.done(quality: low)) / 2
  }

  /// The probability of a score of at least 3, which is at least two of four quarters won.
  public static func done(quality q: Double) -> Double {
    let p = 1 - q
    return 1 - p * p * p * p - 4 * q * p * p * p
  }

  /// The truth of the world, as it is written beside a dataset.
  public var truth: Truth {
    let arms = catalog.models.count
    return Truth(
      cells: cells.indices.map { cell in
        Truth.CellTruth(
          cell: cells[cell].description, share: shares[cell],
          models: Dictionary(
            uniqueKeysWithValues: catalog.models.enumerated().map { arm, model in
              let pair = cell * arms + arm
              return (model.slug, Truth.ModelTruth(reward: quality[pair], done: done(pair), cost: cost[pair]))
            }))
      })
  }
}
