public import Outcomes

/// The regressions of all arms on the same training rows: their sums, the features of each cell, and the order of summation.
public struct Regression: Sendable {
  /// The ridges among which `mostLikelyCellRidge` chooses: a grid, so that the same rows give the same bytes.
  public static let cellRidges: [Double] = [1, 2, 3, 5, 8, 13, 20, 32, 50, 80, 130, 200]

  let statistics: Statistics
  let features: CellFeatures
  let order: [Int]
  let fallbacks: [Cell]
  let directory: CellDirectory
  private let priors: [Double]
  private let names: [String]

  /// Prepares the regressions; varying features are standardised here.
  /// - Parameters:
  ///   - statistics: the sums of the training rows.
  ///   - directory: the cells by the statistics' numbers.
  ///   - priors: the prior of each arm, in [0,1].
  ///   - names: the name of each arm, for errors.
  public init(_ statistics: Statistics, directory: CellDirectory, priors: [Double], names: [String]) {
    let seen = directory.cells.prefix(statistics.cells)
    fallbacks = Regression.fallbacks(of: seen)
    features = CellFeatures(cells: Array(seen) + fallbacks)
    order = directory.canonicalOrder(first: statistics.cells)
    self.statistics = statistics.standardized(by: statistics.standardizations())
    self.directory = directory
    self.priors = priors
    self.names = names
  }

  /// The number of arms.
  public var arms: Int { statistics.arms }

  /// Fits one arm.
  /// - Throws: `LinUCBError` that names the arm and the number.
  public func fit(arm: Int, ridge: Ridge) throws(LinUCBError) -> ArmFit {
    try ArmFit(
      statistics, arm: arm, prior: priors[arm], features: features, ridge: ridge, order: order, name: names[arm])
  }

  /// The ridge on cells of the least deviance, summed over arms; the least of equals. The other ridges stay as given.
  /// - Throws: `LinUCBError` that names the arm and the number.
  public func mostLikelyCellRidge(_ ridge: Ridge) throws(LinUCBError) -> Double {
    var best = (ridge: ridge.cell, deviance: Double.infinity)
    for candidate in Regression.cellRidges {
      var tried = ridge
      tried.cell = candidate
      var deviance = 0.0
      for arm in 0..<arms { deviance += try fit(arm: arm, ridge: tried).evidence.deviance }
      if deviance < best.deviance { best = (candidate, deviance) }
    }
    return best.ridge
  }

  /// A row `task:*:band` for each task and band, but those that are cells of their own.
  private static func fallbacks(of cells: some Collection<Cell>) -> [Cell] {
    let byBytes: (String, String) -> Bool = { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let bands = Set(cells.map(\.band)).sorted(by: byBytes)
    let own = Set(cells.filter { $0.tenant == Cell.anyTenant })
    return Set(cells.map(\.task)).sorted(by: byBytes).flatMap { task in
      bands.map { Cell(task: task, tenant: Cell.anyTenant, band: $0) }
    }.filter { !own.contains($0) }
  }
}
