internal import Outcomes

/// What training expects of each arm in a task, beside the fit's quality.
public struct Expectations: Sendable {
  /// How many rows the mean of the other tasks counts for.
  fileprivate static let priorRows = 20.0

  /// The mean of done, in [0,1].
  public let done: [Double]
  /// The share of calls that fail, in [0,1].
  public let failure: [Double]
  /// The mean cost, in USD.
  public let cost: [Double]
  /// The mean squared distance of an outcome from what is expected, by `Quantity.rawValue`, then by arm.
  public let squaredErrors: [[Double]]

  /// Reads the expectations off a tally.
  ///
  /// Done and failure are the means of the model in the task, shrunk to the model's own over all tasks, and those to all
  /// models'. A cost is shrunk likewise to the model's own times how dear the task is, for tasks differ in length and
  /// models in price: `own · Σ cost / Σ own` over the rows of the task. A model that training never saw costs what the other
  /// models cost for the price, in the median.
  /// - Parameter prices: the list price of each arm; nil where it is not known.
  public init(_ tally: OutcomeTally, task: String, prices: [Double?]) {
    let arms = tally.arms
    let total = tally.total
    let own = (0..<arms).map { tally.sums(arm: $0) }
    let here = (0..<arms).map { tally.sums(task: task, arm: $0) }
    let costs = CostExpectation(own: own, here: here, prices: prices, total: total)
    let overall = [Quantity.reward, .done].map { Shrunk(total[$0]) }
    var done: [Double] = []
    var failure: [Double] = []
    var errors: [[Double]] = Quantity.allCases.map { _ in [] }
    for arm in 0..<arms {
      for (number, quantity) in [Quantity.reward, .done].enumerated() {
        let model = Shrunk(own[arm][quantity], towards: overall[number])
        let estimate = Shrunk(here[arm][quantity], towards: model)
        errors[quantity.rawValue].append(estimate.variance)
        if quantity == .done { done.append(estimate.mean) }
      }
      failure.append(
        Shrunk(here[arm].failure, towards: Shrunk(own[arm].failure, towards: Shrunk(total.failure))).mean)
      errors[Quantity.cost.rawValue].append(costs.squaredErrors[arm])
    }
    self.done = done
    self.failure = failure
    cost = costs.means
    squaredErrors = errors
  }

  /// A mean and mean square, shrunk with the strength of `priorRows` rows.
  private struct Shrunk {
    let mean: Double
    let square: Double

    init(_ moments: Moments) {
      mean = moments.mean
      square = moments.weight > 0 ? moments.weightedSquares / moments.weight : 0
    }

    init(_ moments: Moments, towards prior: Shrunk) {
      let weight = moments.weight + priorRows
      mean = (moments.sum + priorRows * prior.mean) / weight
      square = (moments.weightedSquares + priorRows * prior.square) / weight
    }

    var variance: Double { max(square - mean * mean, 0) }
  }
}

/// The expected cost of each arm in a task.
private struct CostExpectation {
  var means: [Double] = []
  /// The mean squared distance of a cost from its expectation, what is not known of the mean itself included.
  var squaredErrors: [Double] = []

  init(own: [OutcomeTally.Sums], here: [OutcomeTally.Sums], prices: [Double?], total: OutcomeTally.Sums) {
    let typical = CostExpectation.typicalCosts(own: own, prices: prices, total: total)
    // How dear the task is, over the models that it shows, with a task that shows nothing at 1.
    let (seen, expected) = here.enumerated().reduce((0.0, 0.0)) { sums, entry in
      (sums.0 + entry.element.cost.sum, sums.1 + entry.element.cost.weight * typical[entry.offset])
    }
    let factor = expected > 0 ? seen / expected : 1
    let spread = CostExpectation.relativeSpread(own: own, here: here, typical: typical, factor: factor)
    for (arm, sums) in here.enumerated() {
      let prior = typical[arm] * factor
      let weight = sums.cost.weight
      let mean = (sums.cost.sum + Expectations.priorRows * prior) / (weight + Expectations.priorRows)
      let square = weight > 0 ? sums.cost.weightedSquares - 2 * mean * sums.cost.sum + mean * mean * weight : 0
      means.append(mean)
      squaredErrors.append(
        (max(square, 0) + Expectations.priorRows * spread * prior * prior) / (weight + Expectations.priorRows))
    }
  }

  /// What each model costs over all tasks; one never seen by its list price times the median, over those seen, of mean cost
  /// over list price.
  private static func typicalCosts(own: [OutcomeTally.Sums], prices: [Double?], total: OutcomeTally.Sums) -> [Double] {
    let ratios = own.enumerated().compactMap { arm, sums -> Double? in
      guard let price = prices[arm], price > 0, sums.cost.weight > 0 else { return nil }
      return sums.cost.mean / price
    }.sorted()
    let median = ratios.isEmpty ? nil : (ratios[(ratios.count - 1) / 2] + ratios[ratios.count / 2]) / 2
    return own.enumerated().map { arm, sums in
      if sums.cost.weight > 0 { return sums.cost.mean }
      guard let price = prices[arm], let median else { return total.cost.mean }
      return price * median
    }
  }

  /// The mean squared relative distance of a cost from the model's typical cost times the task's factor, over the models
  /// of the task; over all tasks where this one shows fewer than two rows.
  private static func relativeSpread(
    own: [OutcomeTally.Sums], here: [OutcomeTally.Sums], typical: [Double], factor: Double
  ) -> Double {
    func spread(_ sums: [OutcomeTally.Sums], _ factor: Double) -> (sum: Double, weight: Double, rows: Int) {
      var result = (sum: 0.0, weight: 0.0, rows: 0)
      for (arm, sums) in sums.enumerated() where typical[arm] * factor > 0 {
        let prior = typical[arm] * factor
        result.sum += sums.cost.weightedSquares / (prior * prior) - 2 * sums.cost.sum / prior + sums.cost.weight
        result.weight += sums.cost.weight
        result.rows += sums.cost.count
      }
      return result
    }
    let inTask = spread(here, factor)
    let overall = spread(own, 1)
    if inTask.rows > 1, inTask.weight > 0 { return max(inTask.sum / inTask.weight, 0) }
    return overall.weight > 0 ? max(overall.sum / overall.weight, 0) : 1
  }
}
