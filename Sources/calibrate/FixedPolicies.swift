import Outcomes
import Policies
import Replay
import Simulation

/// Two policies that are given, not learned: the incumbent serves the first model everywhere, the candidate the second.
struct FixedPolicies {
  private static let exploration = 0.05

  let world: World
  private let empty: PairedReplay

  init(_ world: World) {
    self.world = world
    let arms = world.catalog.models.count
    let incumbent = FixedPolicies.probabilities(pick: 0, arms: arms)
    let candidate = FixedPolicies.probabilities(pick: 1, arms: arms)
    var range = LiftRange()
    let cells = world.cells.indices.map { cell in
      let pairs = cell * arms..<(cell + 1) * arms
      let reward = Array(world.quality[pairs])
      let done = reward.map { World.done(quality: $0) }
      let propensities = FixedPolicies.logging(world, arms: arms)
      range.include(candidate: candidate, incumbent: incumbent, expected: done, leastPropensity: propensities)
      let variance = (0..<arms).reduce(0.0) { sum, arm in
        let difference = candidate[arm] - incumbent[arm]
        return sum + difference * difference * done[arm] * (1 - done[arm]) / propensities[arm]
      }
      return ReplayCell(
        candidate: candidate, incumbent: incumbent, expected: [reward, done, Array(world.cost[pairs])],
        isChanged: true, pick: 1, variances: [0, variance, 0])
    }
    var replay = PairedReplay(arms: arms, ranges: [.done: range.least...range.most])
    for cell in cells { replay.append(cell) }
    empty = replay
  }

  private static func probabilities(pick: Int, arms: Int) -> [Double] {
    (0..<arms).map { $0 == pick ? 1 - exploration : exploration / Double(arms - 1) }
  }

  private static func logging(_ world: World, arms: Int) -> [Double] {
    (0..<arms).map { world.exploration / Double(arms) + ($0 == 0 ? 1 - world.exploration : 0) }
  }

  /// The replay of a log.
  func replay(rows: Int, seed: UInt64) -> PairedReplay {
    var replay = empty
    for row in Log(world, rows: rows, seed: seed) {
      guard let outcome = row.outcome(in: world) else { continue }
      guard let propensity = row.propensity.logged else { continue }
      replay.add(outcome, propensity: propensity)
    }
    return replay
  }
}
