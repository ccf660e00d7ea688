/// How many rows of a model, of both halves of a log, have a cost that is known.
public struct CostCount: Sendable, Equatable {
  /// The slug.
  public let model: String
  /// The rows.
  public private(set) var rows = 0
  /// Those whose cost is known.
  public private(set) var known = 0
  /// The failed calls among the others: many providers charge nothing for them and say nothing.
  public private(set) var failedWithoutCost = 0
  /// The mean of the costs that are known, in USD; nil where none is.
  public private(set) var mean: Double?

  init(model: String, _ halves: [OutcomeTally.Sums]) {
    self.model = model
    var costs = Moments()
    for sums in halves {
      rows += sums.rows
      known += sums.cost.count
      failedWithoutCost += sums.failuresWithoutCost
      costs.merge(sums.cost)
    }
    mean = costs.weight > 0 ? costs.mean : nil
  }

  /// The rows whose cost is unknown: absent, negative, not a number, or beyond what a call can cost.
  public var unknown: Int { rows - known }

  /// The share of the rows whose cost is known, failed calls without a cost left out, in [0,1]; 1 of no rows.
  var share: Double { CostCount.share([self]) }

  /// The same share of several models together.
  static func share(_ counts: [CostCount]) -> Double {
    let rows = counts.reduce(0) { $0 + $1.rows - $1.failedWithoutCost }
    return rows > 0 ? Double(counts.reduce(0) { $0 + $1.known }) / Double(rows) : 1
  }
}
