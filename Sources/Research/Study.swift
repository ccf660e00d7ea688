public import Simulation

/// The benchmark: scenarios, policies and seeds, with common random numbers.
public struct Study: Sendable {
  private let rows: Int
  private let seeds: [UInt64]

  /// Prepares a study.
  /// - Parameters:
  ///   - rows: the outcomes of each log.
  ///   - seeds: each is a world and a log of its own.
  public init(rows: Int, seeds: [UInt64]) {
    self.rows = rows
    self.seeds = seeds
  }

  /// Values every policy in a scenario, on all cores; the result does not depend on how many there are.
  /// - Throws: `LinUCBError`.
  public func run(_ scenario: Scenario) throws -> ScenarioResult {
    let results = Parallel.map(seeds.count) { index in
      Result { try SeedResult(scenario, rows: rows, seed: seeds[index]) }
    }
    return ScenarioResult(scenario, rows: rows, results: try results.map { try $0.get() })
  }
}
