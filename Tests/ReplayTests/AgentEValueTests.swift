import Outcomes
import Replay
import Testing

@Suite struct AgentEValueTests {
  /// The sums of agents whose calls are all alike: each agent's rows are all won or all lost.
  private static func difference(agents: Int, rows: Int, win: Double, seed: UInt64) -> PairedDifference {
    var generator = SeededGenerator(seed: seed)
    var moments = GroupedMomentsBuilder(groups: agents)
    for agent in 0..<agents {
      let value = generator.uniform() < win ? 0.5 : -0.5
      for _ in 0..<rows { moments.add(value, group: agent) }
    }
    return moments.difference
  }

  private struct GroupedMomentsBuilder {
    var rows = Moments()
    var sums: [Double]
    var weights: [Double]

    init(groups: Int) {
      sums = Array(repeating: 0, count: groups)
      weights = Array(repeating: 0, count: groups)
    }

    mutating func add(_ value: Double, group: Int) {
      rows.add(value)
      sums[group] += value
      weights[group] += 1
    }

    var difference: PairedDifference {
      PairedDifference(rows: rows, groupSums: sums, groupWeights: weights, range: -0.5...0.5)
    }
  }

  @Test("where nothing is better it reaches 20 in at most one log of twenty, however alike the calls of an agent are")
  func keepsItsPromise() {
    var byAgents = 0
    var byRows = 0
    for seed in 0..<400 as Range<UInt64> {
      let difference = AgentEValueTests.difference(agents: 60, rows: 50, win: 0.5, seed: seed)
      if AgentEValue.value(difference) >= 20 { byAgents += 1 }
      var rows = EValue(worstLoss: 0.5)
      for sum in difference.groupSums { for _ in 0..<50 { rows.add(sum / 50) } }
      if rows.value >= 20 { byRows += 1 }
    }
    #expect(byAgents <= 20, "of 400 logs, seeds 0 to 399")
    // Rows taken as independent break the promise, which is why they do not decide.
    #expect(byRows > 60)
  }

  @Test("where the candidate is better for most agents it grows beyond what is asked for")
  func finds() {
    #expect(AgentEValue.value(AgentEValueTests.difference(agents: 400, rows: 20, win: 0.75, seed: 1)) > 1000)
  }

  @Test("without a bound or without rows it is 1")
  func empty() {
    #expect(AgentEValue.value(PairedDifference(rows: Moments(), groupSums: [], groupWeights: [])) == 1)
    #expect(AgentEValue.value(PairedDifference(rows: Moments(), groupSums: [0], groupWeights: [0], range: -1...1)) == 1)
  }
}
