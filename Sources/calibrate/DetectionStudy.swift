import Outcomes
import Replay
import Research
import Simulation

/// How many nights it takes until a policy that is truly better is promoted.
enum DetectionStudy {
  private static let holdoutNights = 9
  private static let lift = 0.02

  static func table(sequences: Int, nights: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Nights until a policy that is truly 0.02 better in done is promoted",
      note: "\(sequences) sequences of at most \(nights) nights, 30 % exploration among four models, the last "
        + "\(holdoutNights) nights held out: the median night, and in brackets the share promoted by night \(nights).",
      header: ["outcomes a night", "interval", "e-value", "both"])
    // The candidate serves the better model in 95 % of the calls and the incumbent in a third of 5 %.
    let world = StudyWorld.shifted(by: [lift / (0.95 - 0.05 / 3)])
    let policies = FixedPolicies(world)
    for (number, rows) in [1000, 3000, 10_000].enumerated() {
      let tallies = Parallel.map(sequences) { sequence in
        run(policies, rows: rows, nights: nights, seed: seed &+ UInt64(20_000_000 + (number * 1000 + sequence) * 1000))
      }
      table.add(
        ["\(rows)"]
          + [GateThresholds.Evidence.interval, .eValue, .both].map { evidence in
            let found = tallies.compactMap { $0.firstNight[evidence] }.sorted()
            let isMedianKnown = 2 * found.count > sequences
            let median = isMedianKnown ? "\(found[sequences / 2])" : "over \(nights)"
            return "\(median) (\((100 * Double(found.count) / Double(sequences)).decimals(0)) %)"
          })
    }
    return table
  }

  private static func run(_ policies: FixedPolicies, rows: Int, nights: Int, seed: UInt64) -> EvidenceTally {
    var recent = (0..<holdoutNights - 1).map { policies.replay(rows: rows, seed: seed &+ UInt64($0)) }
    var tally = EvidenceTally()
    for night in 1...nights {
      recent.append(policies.replay(rows: rows, seed: seed &+ UInt64(holdoutNights + night)))
      var holdout = recent[0]
      for replay in recent.dropFirst() { holdout.merge(replay) }
      recent.removeFirst()
      tally.look(
        Improvement(holdout, thresholds: Experiment.thresholds, alpha: AlphaSpending.level(try: night)),
        night: night)
      if tally.isComplete { break }
    }
    return tally
  }
}
