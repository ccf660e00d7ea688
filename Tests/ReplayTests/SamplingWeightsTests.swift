import Outcomes
import Replay
import TestSupport
import Testing

@Suite struct SamplingWeightsTests {
  static func stratum(_ task: String, _ model: String) -> Stratum { Stratum(task: task, band: "cost", model: model) }

  @Test("where every outcome was judged all rows weigh 1")
  func even() {
    let weights = SamplingWeights(strata: [
      SamplingWeightsTests.stratum("code", "a"): StratumCount(outcomes: 50, judged: 50),
      SamplingWeightsTests.stratum("chat", "a"): StratumCount(outcomes: 20, judged: 20),
    ])
    #expect(!weights.isUneven && weights.weight(SamplingWeightsTests.stratum("code", "a"), succeeded: true) == 1)
  }

  @Test("a stratum that was judged less weighs more, and the weights are 1 on average")
  func uneven() {
    let often = SamplingWeightsTests.stratum("code", "a")
    let seldom = SamplingWeightsTests.stratum("chat", "a")
    let weights = SamplingWeights(strata: [
      often: StratumCount(outcomes: 100, judged: 50), seldom: StratumCount(outcomes: 300, judged: 30),
    ])
    #expect(isClose(weights.weight(seldom, succeeded: true) / weights.weight(often, succeeded: true), 5))
    #expect(isClose(50 * weights.weight(often, succeeded: true) + 30 * weights.weight(seldom, succeeded: true), 80))
    #expect(weights.isUneven && weights.unseenShare == 0)
  }

  @Test("thin strata of a model are taken together, and what no judge saw is told")
  func thin() {
    let weights = SamplingWeights(strata: [
      SamplingWeightsTests.stratum("code", "a"): StratumCount(outcomes: 30, judged: 3),
      SamplingWeightsTests.stratum("chat", "a"): StratumCount(outcomes: 10, judged: 1),
      SamplingWeightsTests.stratum("code", "b"): StratumCount(outcomes: 60, judged: 60),
      SamplingWeightsTests.stratum("chat", "c"): StratumCount(outcomes: 100, judged: 0),
    ])
    #expect(
      weights.weight(SamplingWeightsTests.stratum("code", "a"), succeeded: true)
        == weights.weight(SamplingWeightsTests.stratum("chat", "a"), succeeded: true))
    #expect(isClose(weights.unseenShare, 0.5))
  }

  @Test("a judge that prefers one model's good answers' stratum no longer tilts the estimate")
  func recovers() throws {
    // Of 1,000 outcomes of each task every code call is judged and every tenth chat call; code is done, chat is not.
    let cells = [Cell(task: "code", tenant: "t", band: "cost"), Cell(task: "chat", tenant: "t", band: "cost")]
    let weights = SamplingWeights(strata: [
      SamplingWeightsTests.stratum("code", "a"): StratumCount(outcomes: 1000, judged: 1000),
      SamplingWeightsTests.stratum("chat", "a"): StratumCount(outcomes: 1000, judged: 100),
    ])
    var replay = PairedReplay(arms: 1)
    for _ in cells {
      replay.append(
        ReplayCell(candidate: [1], incumbent: [1], expected: [[0.5], [0.5], [0]], isChanged: false, pick: 0))
    }
    for row in 0..<1100 {
      let cell = row < 1000 ? 0 : 1
      replay.add(
        Outcome(
          cell: cell, arm: 0, reward: cell == 0 ? 1 : 0, succeeded: true, cost: 0, propensity: .deterministic,
          group: row % 100),
        propensity: 1,
        rowWeight: weights.weight(SamplingWeightsTests.stratum(cells[cell].task, "a"), succeeded: true))
    }
    #expect(isClose(replay.candidate.value(.done), 0.5))
  }
}
