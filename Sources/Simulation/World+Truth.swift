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

  /// The truth of the world, as it is written beside a dataset.
  public var truth: Truth {
    let arms = catalog.models.count
    return Truth(
      cells: cells.indices.map { cell in
        Truth.CellTruth(
          cell: cells[cell].description, share: shares[cell],
          models: Dictionary(
            uniqueKeysWithValues: catalog.models.enumerated().map { arm, model in
              let q = quality[cell * arms + arm]
              let p = 1 - q
              // A score of at least 3 is at least two of four quarters won.
              let done = 1 - p * p * p * p - 4 * q * p * p * p
              return (model.slug, Truth.ModelTruth(reward: q, done: done, cost: cost[cell * arms + arm]))
            }))
      })
  }
}
