import Outcomes
import Replay
import TestSupport
import Testing

/// A log with two policies and what a reference says of them.
struct OffPolicyVector: Decodable {
  struct Lift: Decodable {
    let mean: Double
    let standard_error: Double
    let normal_95: [Double]
  }

  struct Expected: Decodable {
    let baseline: [String: Double]
    let candidate: [String: Double]
    let doubly_robust_lift: Lift
  }

  let models: [String]
  let cell: [Int]
  let arm: [String]
  let reward: [Double]
  let propensity: [Double]
  let q_hat_by_cell: [[Double]]
  var baseline_policy_by_cell: [[Double]]
  var candidate_policy_by_cell: [[Double]]
  let switch_threshold: Double
  let shrinkage_lambda: Double
  let clip: Double
  let expected: Expected

  static func named(_ name: String) throws -> OffPolicyVector {
    try Repository.vector(name, as: OffPolicyVector.self)
  }

  var tuning: EstimatorTuning {
    var tuning = EstimatorTuning()
    tuning.switchThreshold = switch_threshold
    tuning.shrinkage = shrinkage_lambda
    tuning.clip = clip
    return tuning
  }

  /// The paired replay of these rows.
  func replay(_ rows: some Sequence<Int>) throws -> PairedReplay {
    var replay = PairedReplay(arms: models.count, tuning: tuning)
    for cell in q_hat_by_cell.indices {
      let expected = q_hat_by_cell[cell]
      replay.append(
        ReplayCell(
          candidate: candidate_policy_by_cell[cell], incumbent: baseline_policy_by_cell[cell],
          expected: [expected, expected, expected], isChanged: true, pick: 0))
    }
    for row in rows {
      let arm = try #require(models.firstIndex(of: arm[row]))
      replay.add(
        Outcome(
          cell: cell[row], arm: arm, reward: reward[row], succeeded: true, cost: reward[row],
          propensity: .logged(propensity[row]), group: row % Outcome.groups),
        propensity: propensity[row])
    }
    return replay
  }
}
