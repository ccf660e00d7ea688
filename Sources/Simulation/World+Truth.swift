internal import Outcomes
internal import Policies

extension World {
  /// The model that the priors choose in a cell, by its number, of all or of these.
  package func priorPick(in cell: Int, among candidates: [Bool]? = nil) -> Int? {
    let priors = catalog.models.indices.map { candidates?[$0] == false ? -1 : catalog.priors[$0] }
    return DecisionRule.cheapestClearingFloor.decide(
      catalog, floor: catalog.floor(task: cells[cell].task), quality: priors, upperBound: priors
    ).arm
  }

  /// The probability that a call of a cell and arm is done, over all agents, at the end of a log.
  func done(_ pair: Int) -> Double {
    let quality = quality(pair, at: 1)
    let (high, low) = (quality + agentEffect, quality - agentEffect)
    return (1 - failure(pair)) * (World.done(quality: high) + World.done(quality: low)) / 2
  }

  /// The probability of a score of at least 3, which is at least two of four quarters won.
  public static func done(quality q: Double) -> Double {
    let p = 1 - q
    return 1 - p * p * p * p - 4 * q * p * p * p
  }

  /// The truth of the world at the end of a log, which is what a policy meets that is learned from it. It is what is
  /// true, whatever the judge says.
  public var truth: Truth {
    let arms = catalog.models.count
    return Truth(
      cells: cells.indices.map { cell in
        Truth.CellTruth(
          cell: cells[cell].description, share: shares[cell],
          models: Dictionary(
            uniqueKeysWithValues: catalog.models.enumerated().map { arm, model in
              let pair = cell * arms + arm
              return (
                model.slug,
                Truth.ModelTruth(
                  reward: (1 - failure(pair)) * quality(pair, at: 1), done: done(pair),
                  cost: (1 - failure(pair)) * cost(pair, at: 1))
              )
            }))
      })
  }
}
