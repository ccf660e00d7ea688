internal import Dispatch
public import Simulation
internal import Synchronization
internal import Worker

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
    let results = Mutex(
      [Result<(seed: UInt64, night: StudyNight, scores: [PolicyKind: PolicyScore]), any Error>?](
        repeating: nil, count: seeds.count))
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
      let result = Result {
        let night = try StudyNight(scenario, rows: rows, seed: seeds[index])
        return (seed: seeds[index], night: night, scores: night.scores())
      }
      results.withLock { $0[index] = result }
    }
    return ScenarioResult(
      scenario, rows: rows, nights: try results.withLock { try $0.compactMap { try $0?.get() } })
  }
}
