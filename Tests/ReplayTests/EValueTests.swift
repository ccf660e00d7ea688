import Outcomes
import Replay
import TestSupport
import Testing

@Suite struct EValueTests {
  struct Published: Decodable {
    struct Case: Decodable {
      let mean_difference: Double
      let wealth: [String: Double]
      let e_value: Double
    }

    let e_value: Case
  }

  @Test("the worked case has the published wealth")
  func published() throws {
    let expected = try Repository.vector("published", as: Published.self).e_value
    var value = EValue(margin: 0, bets: (1...6).map { 1 / Double(1 << $0) })
    var sum = 0.0
    for row in 0..<200 {
      let (reward, target) = row % 2 == 0 ? (1.0, 0.8) : (0.0, 0.2)
      let difference = target / 0.5 * reward - reward
      value.add(difference)
      sum += difference
    }
    #expect(isClose(sum / 200, expected.mean_difference))
    for (bet, place) in [("1/2", 0), ("1/4", 1), ("1/64", 5)] {
      #expect(isClose(value.wealth[place], try #require(expected.wealth[bet]), relative: 1e-5), "bet \(bet)")
    }
    #expect(isClose(value.value, expected.e_value, relative: 1e-5))
  }

  @Test("without rows, or where nothing bounds a loss, the wealth is 1")
  func starts() {
    #expect(EValue(worstLoss: 20).value == 1)
    var unbounded = EValue(worstLoss: .infinity)
    unbounded.add(5)
    #expect(unbounded.value == 1)
    var nothing = EValue(worstLoss: 0)
    nothing.add(0)
    #expect(nothing.value == 1)
  }

  @Test("the worst loss leaves something, and a loss beyond it takes all for good")
  func ruin() {
    var value = EValue(margin: 0.01, worstLoss: 10)
    value.add(-10)
    #expect(value.value > 0)
    value.add(-20_000)
    for _ in 0..<10_000 { value.add(5) }
    #expect(value.value == 0)
  }

  @Test("wealth beyond the greatest number stays a number")
  func overflow() {
    var value = EValue(worstLoss: 1)
    for _ in 0..<10_000 { value.add(1) }
    #expect(value.value == .greatestFiniteMagnitude)
  }

  @Test("where the candidate is no better, few logs ever reach 20", arguments: [21, 22] as [UInt64])
  func isSafe(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let logs = 400
    let reached = (0..<logs).count { _ in
      var value = EValue(worstLoss: 10)
      for _ in 0..<500 {
        // Loses 10 once in eleven rows and wins 1 otherwise: mean 0.
        value.add(generator.uniform() < 1.0 / 11 ? -10 : 1)
        if value.value >= 20 { return true }
      }
      return false
    }
    #expect(reached <= logs / 20 + 9, "\(reached) of \(logs), seed \(seed)")
  }
}
