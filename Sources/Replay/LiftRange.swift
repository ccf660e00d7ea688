/// What a row's doubly robust lift can be, by the tables and by the least propensities of training alone.
///
/// With `g = (π - π₀)/μ_min` of an arm, a row lies between the minima and maxima over cells and arms of
/// `Σ_a (π - π₀) q̂ + {-g q̂, 0, g (1 - q̂)}`, for an outcome in [0,1] and any propensity from μ_min on.
public struct LiftRange: Sendable {
  /// The least that a row's lift can be.
  public private(set) var least = 0.0
  /// The most that a row's lift can be.
  public private(set) var most = 0.0

  /// The range before any cell, where nothing is lost or gained.
  public init() {}

  /// Takes a cell in.
  /// - Parameter leastPropensity: μ_min of each arm; infinite where rows of the arm have no weight.
  public mutating func include(
    candidate: [Double], incumbent: [Double], expected: [Double], leastPropensity: some Collection<Double>
  ) {
    var direct = 0.0
    for arm in candidate.indices { direct += (candidate[arm] - incumbent[arm]) * expected[arm] }
    least = min(least, direct)
    most = max(most, direct)
    for (arm, propensity) in leastPropensity.enumerated() {
      let weight = (candidate[arm] - incumbent[arm]) / propensity
      let ends = [-weight * expected[arm], weight * (1 - expected[arm])]
      for end in ends {
        least = min(least, direct + end)
        most = max(most, direct + end)
      }
    }
  }
}
