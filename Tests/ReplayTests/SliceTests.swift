import Outcomes
import Replay
import Testing

@Suite struct SliceTests {
  /// A replay of one cell whose candidate always serves arm 1 and whose incumbent always serves arm 0.
  static func replay(rows: Int, badShare: Double, variance: Double) -> PairedReplay {
    var replay = PairedReplay(arms: 2)
    replay.append(
      ReplayCell(
        candidate: [0, 1], incumbent: [1, 0], expected: [[0.5, 0.5], [0.5, 0.5], [0, 0]], isChanged: true, pick: 1,
        variances: [0, variance, 0]))
    for row in 0..<rows {
      let arm = row % 2
      let isGood = arm == 0 || Double(row) / Double(rows) > badShare
      replay.add(
        Outcome(
          cell: 0, arm: arm, reward: isGood ? 1 : 0, succeeded: true, cost: 1, propensity: .logged(0.5), group: row),
        propensity: 0.5)
    }
    return replay
  }

  static let cells = [Cell(task: "code", tenant: "t", band: "cost")]

  @Test("a slice in which the candidate fails is discovered in each of its views")
  func finds() {
    let slices = Slice.all(
      of: SliceTests.replay(rows: 400, badShare: 0.8, variance: 0), cells: SliceTests.cells, minimumRows: 30)
    #expect(slices.count == 4)
    #expect(slices.allSatisfy { $0.lift < -0.5 })
    #expect(Slice.discoveries(slices, rate: 0.1).count == 4)
  }

  @Test("what the rows show too little of is not taken as certain")
  func expectsVariance() {
    let slices = Slice.all(
      of: SliceTests.replay(rows: 40, badShare: 0.3, variance: 40), cells: SliceTests.cells, minimumRows: 30)
    #expect(slices.allSatisfy { $0.lift < 0 })
    #expect(Slice.discoveries(slices, rate: 0.1).isEmpty)
  }

  @Test("a slice with fewer rows than asked for is left out")
  func leavesOut() {
    let replay = SliceTests.replay(rows: 29, badShare: 1, variance: 0)
    #expect(Slice.all(of: replay, cells: SliceTests.cells, minimumRows: 30).isEmpty)
  }
}
