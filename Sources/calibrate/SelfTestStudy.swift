import Outcomes
import Policies
import Replay
import Reports
import Research
import Simulation
import Worker

/// How often the self-test finds that the gate promotes a candidate that cannot be better, on small logs of every scenario.
enum SelfTestStudy {
  static func table(draws: Int, seed: UInt64) throws -> MarkdownTable {
    var table = MarkdownTable(
      "Self-test on small logs",
      note:
        "One log of each scenario with 40 % exploration, \(draws) candidates that cannot be better: how many would be "
        + "promoted, and pass `no worse` and `better` alone, in %.",
      header: ["scenario", "1,000 outcomes", "alone", "2,000 outcomes", "alone"])
    let reports = try Parallel.map(2 * Scenario.all.count) { number -> Result<SelfTestReport, any Error> in
      Result {
        try report(
          Scenario.all[number / 2], rows: number % 2 == 0 ? 1000 : 2000, draws: draws,
          seed: seed &+ UInt64(97_000_000 + number))
      }
    }.map { try $0.get() }
    for (number, scenario) in Scenario.all.enumerated() {
      table.add(
        [scenario.name]
          + [reports[2 * number], reports[2 * number + 1]].flatMap { report in
            [report.promoted, report.shownBetter].map {
              (100 * Double($0) / Double(draws)).decimals(0)
            }
          })
    }
    return table
  }

  private static func report(_ scenario: Scenario, rows: Int, draws: Int, seed: UInt64) throws -> SelfTestReport {
    let world = scenario.world(seed: seed, exploration: 0.4)
    var settings = Experiment.settings
    settings.floors = world.catalog.floors
    settings.defaultFloor = world.catalog.defaultFloor
    var log = StudyLog(world, rows: Experiment.log(world, rows: rows, seed: seed)[...])
    let survey = log.survey
    return try SelfTest(
      &log.source, survey: survey, catalog: world.catalog, settings: settings, incumbent: Experiment.untrained
    ).run(draws: draws, seed: seed)
  }
}
