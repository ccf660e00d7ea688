import Outcomes
import Replay
import TestSupport
import Testing

@Suite struct PairedReplayTests {
  struct Vector: Decodable {
    struct Estimates: Decodable {
      let direct_method: Double
      let ips: Double
      let snips: Double
      let doubly_robust: Double
      let doubly_robust_standard_error: Double
      let mean_weight: Double
      let effective_sample_size: Double
      let max_weight: Double
    }

    struct Lift: Decodable {
      let mean: Double
      let standard_error: Double
    }

    struct Expected: Decodable {
      let baseline: Estimates
      let candidate: Estimates
      let doubly_robust_lift: Lift
    }

    let models: [String]
    let cell: [Int]
    let arm: [String]
    let reward: [Double]
    let propensity: [Double]
    let q_hat_by_cell: [[Double]]
    let baseline_policy_by_cell: [[Double]]
    let candidate_policy_by_cell: [[Double]]
    let expected: Expected
  }

  @Test("estimates and lift are the reference's", arguments: ["off-policy", "off-policy-many-arms"])
  func vectors(name: String) throws {
    let vector = try Repository.vector(name, as: Vector.self)
    let replay = try PairedReplayTests.replay(vector, Array(vector.cell.indices))
    PairedReplayTests.compare(replay.candidate, vector.expected.candidate)
    PairedReplayTests.compare(replay.incumbent, vector.expected.baseline)
    let lift = replay.differences[Quantity.reward.rawValue]
    #expect(isClose(lift.mean, vector.expected.doubly_robust_lift.mean))
    #expect(isClose(lift.standardError, vector.expected.doubly_robust_lift.standard_error))
  }

  static func replay(_ vector: Vector, _ rows: [Int]) throws -> PairedReplay {
    var replay = PairedReplay(arms: vector.models.count)
    for cell in vector.q_hat_by_cell.indices {
      let expected = vector.q_hat_by_cell[cell]
      replay.append(
        ReplayCell(
          candidate: vector.candidate_policy_by_cell[cell], incumbent: vector.baseline_policy_by_cell[cell],
          expected: [expected, expected, expected], isChanged: true, pick: 0))
    }
    for row in rows {
      let arm = try #require(vector.models.firstIndex(of: vector.arm[row]))
      replay.add(
        Outcome(
          cell: vector.cell[row], arm: arm, reward: vector.reward[row], succeeded: true, cost: vector.reward[row],
          propensity: .logged(vector.propensity[row]), group: row % Outcome.groups),
        propensity: vector.propensity[row])
    }
    return replay
  }

  private static func compare(_ replay: PolicyReplay, _ expected: Vector.Estimates) {
    for quantity in [Quantity.reward, .cost] {
      #expect(isClose(replay.estimate(quantity, .directMethod), expected.direct_method))
      #expect(isClose(replay.estimate(quantity, .ips), expected.ips))
      #expect(isClose(replay.estimate(quantity, .snips), expected.snips))
      #expect(isClose(replay.estimate(quantity, .doublyRobust), expected.doubly_robust))
      #expect(isClose(replay.standardError(quantity), expected.doubly_robust_standard_error))
    }
    #expect(isClose(replay.meanWeight, expected.mean_weight))
    #expect(isClose(replay.effectiveSampleSize, expected.effective_sample_size))
    #expect(isClose(replay.largestWeight, expected.max_weight))
  }

  @Test("a single model served to all is worth what replaying its own policy says")
  func singleArm() throws {
    var vector = try Repository.vector("off-policy", as: Vector.self)
    for arm in vector.models.indices {
      let alone = vector.models.indices.map { $0 == arm ? 1.0 : 0.0 }
      vector = Vector(
        models: vector.models, cell: vector.cell, arm: vector.arm, reward: vector.reward, propensity: vector.propensity,
        q_hat_by_cell: vector.q_hat_by_cell, baseline_policy_by_cell: vector.baseline_policy_by_cell,
        candidate_policy_by_cell: vector.q_hat_by_cell.map { _ in alone }, expected: vector.expected)
      let replay = try PairedReplayTests.replay(vector, Array(vector.cell.indices))
      #expect(isClose(replay.singleArmValue(.reward, arm: arm), replay.candidate.estimate(.reward, .doublyRobust)))
    }
  }

  @Test("a candidate equal to the incumbent has a lift of exactly 0 and an interval of width 0")
  func nullLift() throws {
    let vector = try Repository.vector("off-policy", as: Vector.self)
    let same = Vector(
      models: vector.models, cell: vector.cell, arm: vector.arm, reward: vector.reward, propensity: vector.propensity,
      q_hat_by_cell: vector.q_hat_by_cell, baseline_policy_by_cell: vector.candidate_policy_by_cell,
      candidate_policy_by_cell: vector.candidate_policy_by_cell, expected: vector.expected)
    let replay = try PairedReplayTests.replay(same, Array(vector.cell.indices))
    for quantity in Quantity.allCases {
      let lift = Lift(replay, quantity, alpha: 0.05, draws: 500, seed: 1)
      #expect(lift.mean == 0 && lift.lower == 0 && lift.upper == 0)
    }
  }

  @Test("without rows there is no bound")
  func empty() {
    let lift = Lift(PairedReplay(arms: 2), .done, alpha: 0.05, draws: 500, seed: 1)
    #expect(lift.mean == 0 && lift.lower == -.infinity && lift.upper == .infinity)
  }
}
