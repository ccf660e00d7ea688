import Outcomes
import Replay
import TestSupport
import Testing

@Suite struct PairedReplayTests {
  @Test("estimates and lift are the reference's", arguments: ["off-policy", "off-policy-many-arms"])
  func vectors(name: String) throws {
    let vector = try OffPolicyVector.named(name)
    let replay = try vector.replay(vector.cell.indices)
    for (policy, expected) in [
      (replay.candidate, vector.expected.candidate), (replay.incumbent, vector.expected.baseline),
    ] {
      for quantity in [Quantity.reward, .cost] {
        for estimator in Estimator.allCases where estimator != .replay {
          let estimate = try #require(policy.estimate(quantity, estimator))
          #expect(isClose(estimate.value, try #require(expected[estimator.rawValue])), "\(estimator)")
          if let error = expected["\(estimator.rawValue)_standard_error"] {
            #expect(isClose(estimate.standardError, error), "\(estimator)")
          }
        }
      }
      #expect(isClose(policy.meanWeight, try #require(expected["mean_weight"])))
      #expect(isClose(policy.effectiveSampleSize, try #require(expected["effective_sample_size"])))
      #expect(isClose(policy.largestWeight, try #require(expected["max_weight"])))
    }
    let lift = Lift(replay, .reward, alpha: 0.05, draws: 200, seed: 1)
    let interval = lift.interval(.normal)
    #expect(isClose(lift.mean, vector.expected.doubly_robust_lift.mean))
    #expect(isClose(interval.lower, vector.expected.doubly_robust_lift.normal_95[0]))
    #expect(isClose(interval.upper, vector.expected.doubly_robust_lift.normal_95[1]))
    #expect(isClose(replay.difference(.reward).rows.standardError, vector.expected.doubly_robust_lift.standard_error))
  }

  @Test("a single model served to all is worth what replaying its own policy says")
  func singleArm() throws {
    var vector = try OffPolicyVector.named("off-policy")
    for arm in vector.models.indices {
      let alone = vector.models.indices.map { $0 == arm ? 1.0 : 0.0 }
      vector.candidate_policy_by_cell = vector.q_hat_by_cell.map { _ in alone }
      let replay = try vector.replay(vector.cell.indices)
      #expect(isClose(replay.singleArmValue(.reward, arm: arm), replay.candidate.value(.reward)))
    }
  }

  @Test("a candidate equal to the incumbent has a lift of exactly 0 and intervals of width 0")
  func nullLift() throws {
    var vector = try OffPolicyVector.named("off-policy")
    vector.baseline_policy_by_cell = vector.candidate_policy_by_cell
    for rows in [Array(vector.cell.indices), [0]] {
      let replay = try vector.replay(rows)
      for quantity in Quantity.allCases {
        let lift = Lift(replay, quantity, alpha: 0.05, draws: 500, seed: 1)
        for method in [Interval.Method.clusterBootstrap, .studentT, .normal] {
          let interval = lift.interval(method)
          #expect(lift.mean == 0 && interval.lower == 0 && interval.upper == 0, "\(method), \(rows.count) rows")
        }
      }
    }
  }

  @Test("without rows nothing is estimated and nothing bounds the lift")
  func empty() {
    let replay = PairedReplay(arms: 2)
    for estimator in Estimator.allCases { #expect(replay.candidate.estimate(.done, estimator) == nil) }
    let lift = Lift(replay, .done, alpha: 0.05, draws: 500, seed: 1)
    for method in Interval.Method.allCases {
      #expect(lift.mean == 0 && lift.interval(method).lower == -.infinity && lift.interval(method).upper == .infinity)
    }
    #expect(replay.eValue(.done)?.value == 1)
  }

  @Test("of one agent's rows nothing bounds the lift but where rows count alone")
  func oneCluster() {
    var replay = PairedReplayTests.replay(candidate: [0.1, 0.9], incumbent: [0.9, 0.1])
    for row in 0..<100 { replay.add(PairedReplayTests.outcome(arm: row % 2, isGood: row % 3 > 0), propensity: 0.5) }
    let lift = Lift(replay, .done, alpha: 0.05, draws: 500, seed: 1)
    #expect(lift.interval(.clusterBootstrap).lower == -.infinity && lift.interval(.studentT).upper == .infinity)
    #expect(lift.interval(.normal).lower.isFinite)
  }

  @Test("a policy that never does what the log did has no ratio estimate, and no effective sample")
  func noOverlap() throws {
    var replay = PairedReplayTests.replay(candidate: [0, 1], incumbent: [1, 0])
    for row in 0..<100 { replay.add(PairedReplayTests.outcome(arm: 0, isGood: row % 2 > 0, group: row), propensity: 1) }
    for estimator in [Estimator.snips, .selfNormalizedDoublyRobust, .replay] {
      #expect(replay.candidate.estimate(.done, estimator) == nil)
    }
    #expect(replay.candidate.estimate(.done, .ips)?.value == 0)
    #expect(replay.candidate.estimate(.done, .doublyRobust) == replay.candidate.estimate(.done, .directMethod))
    #expect(replay.candidate.effectiveSampleSize == 0 && replay.candidate.meanWeight == 0)
    #expect(replay.comparedCells == 0)
  }

  @Test("one arm, and rewards that are all equal, give that reward with no error")
  func constant() throws {
    var replay = PairedReplay(arms: 1)
    replay.append(
      ReplayCell(candidate: [1], incumbent: [1], expected: [[0.3], [0.3], [0.3]], isChanged: false, pick: 0))
    for row in 0..<50 { replay.add(PairedReplayTests.outcome(arm: 0, isGood: true, group: row), propensity: 1) }
    for estimator in Estimator.allCases where ![.directMethod, .shrunkDoublyRobust].contains(estimator) {
      let estimate = try #require(replay.candidate.estimate(.done, estimator))
      #expect(isClose(estimate.value, 1) && estimate.standardError < 1e-9, "\(estimator)")
    }
  }

  @Test("Li's replay of a uniform log is the mean over the rows that the policy would have drawn")
  func uniform() throws {
    var replay = PairedReplayTests.replay(candidate: [0, 1], incumbent: [1, 0])
    var (sum, count) = (0.0, 0.0)
    for row in 0..<90 {
      let isGood = row % 5 > 1
      replay.add(PairedReplayTests.outcome(arm: row % 2, isGood: isGood, group: row), propensity: 0.5)
      if row % 2 == 1 { (sum, count) = (sum + (isGood ? 1 : 0), count + 1) }
    }
    #expect(replay.isChoiceUniform)
    #expect(isClose(try #require(replay.candidate.estimate(.done, .replay)).value, sum / count))
    replay.add(PairedReplayTests.outcome(arm: 0, isGood: true), propensity: 0.4)
    #expect(!replay.isChoiceUniform)
  }

  /// A replay of one cell and two arms.
  static func replay(candidate: [Double], incumbent: [Double]) -> PairedReplay {
    var replay = PairedReplay(arms: 2)
    replay.append(
      ReplayCell(
        candidate: candidate, incumbent: incumbent, expected: [[0.5, 0.5], [0.5, 0.5], [0, 0]], isChanged: true, pick: 1
      ))
    return replay
  }

  static func outcome(arm: Int, isGood: Bool, group: Int = 0) -> Outcome {
    Outcome(
      cell: 0, arm: arm, reward: isGood ? 1 : 0, succeeded: true, cost: 1, propensity: .logged(0.5), group: group)
  }
}
