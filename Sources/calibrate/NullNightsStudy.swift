import Outcomes
import Replay
import Research
import Simulation

/// How often sequences of nights in which no candidate is better end in a promotion.
enum NullNightsStudy {
  private static let rowsPerNight = 300
  private static let window = 30

  static func table(sequences: Int, nights: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "False promotions in \(nights) nights",
      note: "\(sequences) sequences of \(nights) nights with \(rowsPerNight) new outcomes each and a window of "
        + "\(window) nights, four models that are equally good and dear: sequences with a promotion, in % ± two standard "
        + "errors; at most 5 are promised. The first three columns let `no worse` and `better` decide alone, the last is "
        + "the whole gate with its default evidence.",
      header: ["world", "interval", "e-value", "both", "gate"])
    for (number, world) in [("independent calls", 0.0), ("clustered agents", 0.1)].enumerated() {
      let results = try Parallel.map(sequences) { sequence -> Result<(EvidenceTally, Bool), any Error> in
        let seed = seed &+ UInt64(9_000_000 + number * 100_000 + sequence)
        return Result { try run(agentEffect: world.1, nights: nights, seed: seed) }
      }.map { try $0.get() }
      table.add(
        [world.0]
          + [GateThresholds.Evidence.interval, .eValue, .both].map { evidence in
            MarkdownTable.percent(results.count { $0.0.firstNight[evidence] != nil }, of: sequences)
          } + [MarkdownTable.percent(results.count { $0.1 }, of: sequences)])
    }
    return table
  }

  private static func run(agentEffect: Double, nights: Int, seed: UInt64) throws -> (EvidenceTally, Bool) {
    let world = StudyWorld.null(seed: seed, agentEffect: agentEffect)
    let outcomes = Experiment.log(world, rows: (window + nights) * rowsPerNight, seed: seed)
    var tally = EvidenceTally()
    var isPromoted = false
    for night in 1...nights {
      var standing = LedgerStanding()
      standing.attempt = night
      let experiment = try Experiment(
        world, rows: outcomes[night * rowsPerNight..<(night + window) * rowsPerNight], standing: standing)
      tally.look(experiment.gate.improvement, night: night)
      isPromoted = isPromoted || experiment.failure == nil
    }
    return (tally, isPromoted)
  }
}
