import Outcomes
import Replay
import TestSupport
import Testing

/// What must hold of every log, tried on random ones.
@Suite struct ReplayPropertyTests {
  /// A random log with two policies.
  struct Log {
    var arms: Int
    var cells: [ReplayCell]
    var rows: [(outcome: Outcome, propensity: Double, weight: Double)]
    let seed: UInt64

    init(seed: UInt64) {
      self.seed = seed
      var generator = SeededGenerator(seed: seed)
      arms = 2 + generator.index(below: 5)
      let arms = arms
      func distribution() -> [Double] {
        let raw = (0..<arms).map { _ in 0.05 + generator.uniform() }
        let total = raw.reduce(0, +)
        return raw.map { $0 / total }
      }
      let logging = (0..<4).map { _ in distribution() }
      cells = logging.map { _ in
        ReplayCell(
          candidate: distribution(), incumbent: distribution(),
          expected: Quantity.allCases.map { _ in (0..<arms).map { _ in generator.uniform() } }, isChanged: true, pick: 0
        )
      }
      rows = (0..<200).map { _ in
        let cell = generator.index(below: 4)
        let arm = generator.index(below: arms)
        return (
          Outcome(
            cell: cell, arm: arm, reward: Double(generator.index(below: 5)) / 4, succeeded: generator.uniform() < 0.9,
            cost: generator.uniform(), propensity: .logged(logging[cell][arm]), group: generator.index(below: 40)),
          logging[cell][arm], 0.5 + generator.uniform()
        )
      }
    }

    func replay(_ rows: [(outcome: Outcome, propensity: Double, weight: Double)]? = nil) -> PairedReplay {
      var replay = PairedReplay(arms: arms, ranges: [.reward: -30...30, .done: -30...30])
      for cell in cells { replay.append(cell) }
      for row in rows ?? self.rows { replay.add(row.outcome, propensity: row.propensity, rowWeight: row.weight) }
      return replay
    }
  }

  static let seeds: [UInt64] = Array(1...12)

  /// All that a report would show.
  private static func numbers(_ replay: PairedReplay) -> [Double] {
    var result: [Double] = []
    for quantity in Quantity.allCases {
      for policy in [replay.candidate, replay.incumbent] {
        for estimator in Estimator.allCases {
          let estimate = policy.estimate(quantity, estimator)
          result += [estimate?.value ?? -1, estimate?.standardError ?? -1]
        }
      }
      let lift = Lift(replay, quantity, alpha: 0.05, draws: 200, seed: 5)
      for method in Interval.Method.allCases where method != .empiricalBernstein || quantity != .cost {
        result += [lift.interval(method).lower, lift.interval(method).upper]
      }
      result.append(replay.eValue(quantity)?.value ?? 0)
    }
    return result + [replay.candidate.effectiveSampleSize, replay.candidate.meanWeight, replay.candidate.largestShare]
  }

  @Test("rows in another order give the same numbers", arguments: seeds)
  func permutation(seed: UInt64) {
    let log = Log(seed: seed)
    var generator = SeededGenerator(seed: seed &+ 1000)
    let shuffled = log.replay(log.rows.shuffled(using: &generator))
    #expect(areClose(ReplayPropertyTests.numbers(log.replay()), ReplayPropertyTests.numbers(shuffled)), "seed \(seed)")
  }

  @Test("parts replayed apart and merged give the same numbers", arguments: seeds)
  func merging(seed: UInt64) {
    let log = Log(seed: seed)
    let cut = Int(seed) * 15
    var merged = log.replay(Array(log.rows[..<cut]))
    merged.merge(log.replay(Array(log.rows[cut...])))
    #expect(areClose(ReplayPropertyTests.numbers(log.replay()), ReplayPropertyTests.numbers(merged)), "seed \(seed)")
    #expect(merged.rows == log.rows.count)
  }

  @Test("a model that nobody chose and no policy serves changes nothing", arguments: seeds)
  func addedModel(seed: UInt64) {
    let log = Log(seed: seed)
    var wider = log
    wider.arms += 1
    wider.cells = log.cells.map { cell in
      ReplayCell(
        candidate: cell.candidate + [0], incumbent: cell.incumbent + [0], expected: cell.expected.map { $0 + [0.7] },
        isChanged: true, pick: 0)
    }
    #expect(
      areClose(ReplayPropertyTests.numbers(log.replay()), ReplayPropertyTests.numbers(wider.replay())), "seed \(seed)")
  }

  @Test("models under other names, in another order, give the same numbers", arguments: seeds)
  func renaming(seed: UInt64) {
    let log = Log(seed: seed)
    var generator = SeededGenerator(seed: seed &+ 2000)
    let order = Array(0..<log.arms).shuffled(using: &generator)
    func permuted(_ values: [Double]) -> [Double] { order.map { values[$0] } }
    var renamed = log
    renamed.cells = log.cells.map { cell in
      ReplayCell(
        candidate: permuted(cell.candidate), incumbent: permuted(cell.incumbent),
        expected: cell.expected.map(permuted), isChanged: true, pick: 0)
    }
    renamed.rows = log.rows.map { row in
      var row = row
      row.outcome.arm = order.firstIndex(of: row.outcome.arm) ?? 0
      return row
    }
    #expect(
      areClose(ReplayPropertyTests.numbers(log.replay()), ReplayPropertyTests.numbers(renamed.replay())),
      "seed \(seed)")
  }

  @Test("every row weighing the same, however much, gives the plain estimates and errors", arguments: seeds)
  func scaling(seed: UInt64) {
    let log = Log(seed: seed)
    func weighted(_ weight: Double) -> PairedReplay {
      log.replay(log.rows.map { ($0.outcome, $0.propensity, weight) })
    }
    let (one, seven) = (weighted(1), weighted(7))
    for quantity in Quantity.allCases {
      for estimator in Estimator.allCases {
        let (a, b) = (one.candidate.estimate(quantity, estimator), seven.candidate.estimate(quantity, estimator))
        #expect(isClose(a?.value ?? -1, b?.value ?? -2) && isClose(a?.standardError ?? -1, b?.standardError ?? -2))
      }
      let lifts = [one, seven].map { Lift($0, quantity, alpha: 0.05, draws: 200, seed: 5) }
      for method in [Interval.Method.clusterBootstrap, .studentT, .normal] {
        #expect(isClose(lifts[0].interval(method).lower, lifts[1].interval(method).lower), "\(method), seed \(seed)")
      }
    }
    #expect(isClose(one.candidate.effectiveSampleSize, seven.candidate.effectiveSampleSize))
  }

  @Test("a row of weight two is two rows, but for what is known of its error", arguments: seeds)
  func duplicates(seed: UInt64) {
    let log = Log(seed: seed)
    let doubled = log.replay(log.rows.map { ($0.outcome, $0.propensity, 2) })
    let twice = log.replay((log.rows + log.rows).map { ($0.outcome, $0.propensity, 1) })
    for estimator in Estimator.allCases {
      #expect(
        isClose(
          doubled.candidate.estimate(.done, estimator)?.value ?? -1,
          twice.candidate.estimate(.done, estimator)?.value ?? -2))
    }
  }

  @Test("where the fit is right of every row, doubly robust is the direct method", arguments: seeds)
  func vanishingResiduals(seed: UInt64) throws {
    let log = Log(seed: seed)
    var replay = PairedReplay(arms: log.arms)
    for cell in log.cells {
      var cell = cell
      cell.expected = Quantity.allCases.map { _ in (0..<log.arms).map { Double($0 % 5) / 4 } }
      replay.append(cell)
    }
    for row in log.rows {
      var outcome = row.outcome
      outcome.reward = Double(outcome.arm % 5) / 4
      replay.add(outcome, propensity: row.propensity, rowWeight: row.weight)
    }
    let direct = try #require(replay.candidate.estimate(.reward, .directMethod))
    for estimator in [Estimator.doublyRobust, .selfNormalizedDoublyRobust, .switchDoublyRobust, .shrunkDoublyRobust] {
      #expect(isClose(try #require(replay.candidate.estimate(.reward, estimator)).value, direct.value), "seed \(seed)")
    }
  }

  @Test("IPS of the logging policy is the plain mean", arguments: seeds)
  func onPolicy(seed: UInt64) throws {
    let log = Log(seed: seed)
    var same = log
    for row in log.rows { same.cells[row.outcome.cell].candidate[row.outcome.arm] = row.propensity }
    let replay = same.replay(log.rows.map { ($0.outcome, $0.propensity, 1) })
    let mean = log.rows.reduce(0.0) { $0 + $1.outcome.reward } / Double(log.rows.count)
    for estimator in [Estimator.ips, .snips] {
      #expect(isClose(try #require(replay.candidate.estimate(.reward, estimator)).value, mean), "seed \(seed)")
    }
  }
}
