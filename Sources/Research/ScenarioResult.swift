public import Reports
internal import Simulation
internal import Worker

/// What the policies are worth in a scenario, over seeds.
public struct ScenarioResult: Encodable, Sendable {
  /// The scenario's name.
  public let scenario: String
  /// What is the case in it.
  public let summary: String
  /// The outcomes of each log.
  public let rows: Int
  /// The seeds.
  public let seeds: [UInt64]
  /// By policy and measure, the mean over seeds.
  let policies: [String: [String: SeedMean]]
  /// On how many seeds the learned policy beats the static one, by measure.
  public let learnedBeatsStatic: [String: Int]
  /// The least share of the oracle's saving that the learned policy reaches on any seed.
  public let leastOracleShare: Double
  /// The mean quality that the floors ask for.
  public let floorQuality: Double
  private let singles: [CostQualityPlot.Point]

  enum CodingKeys: String, CodingKey {
    case scenario, summary, rows, seeds, policies
    case learnedBeatsStatic = "learned_beats_static"
    case leastOracleShare = "least_oracle_share"
    case floorQuality = "floor_quality"
  }

  init(_ scenario: Scenario, rows: Int, results: [SeedResult]) {
    self.scenario = scenario.name
    summary = scenario.summary
    self.rows = rows
    seeds = results.map(\.seed)
    var policies: [String: [String: SeedMean]] = [:]
    for kind in PolicyKind.allCases {
      for measure in Measure.allCases {
        let values = results.compactMap { $0.scores[kind].flatMap(measure.value) }
        policies[kind.rawValue, default: [:]][measure.rawValue] = SeedMean(values)
      }
    }
    self.policies = policies.filter { !$0.value.isEmpty }
    learnedBeatsStatic = ScenarioResult.wins(results.map(\.scores))
    leastOracleShare = results.compactMap { $0.scores[.learned]?.oracleShare }.min() ?? 0
    floorQuality = results.reduce(0) { $0 + $1.floorQuality } / Double(max(results.count, 1))
    singles = ScenarioResult.singles(results)
  }

  private static func wins(_ nights: [[PolicyKind: PolicyScore]]) -> [String: Int] {
    func wins(_ isBetter: (PolicyScore, PolicyScore) -> Bool) -> Int {
      nights.count { scores in
        guard let learned = scores[.learned], let old = scores[.static] else { return false }
        return isBetter(learned, old)
      }
    }
    return [
      Measure.areaUnderCurve.rawValue: wins { ($0.areaUnderCurve ?? 0) > ($1.areaUnderCurve ?? 0) },
      Measure.floorViolations.rawValue: wins { $0.floorViolations < $1.floorViolations },
      Measure.quality.rawValue: wins { $0.quality > $1.quality },
      Measure.cost.rawValue: wins { $0.cost < $1.cost },
    ]
  }

  /// The single models that are on average as good as the learned policy, for less.
  public var betterSingles: [String] {
    guard let learned = policies[PolicyKind.learned.rawValue], let cost = learned[Measure.cost.rawValue],
      let quality = learned[Measure.quality.rawValue]
    else { return [] }
    return singles.filter { $0.cost <= cost.mean && $0.quality >= quality.mean }.map(\.name)
  }

  private static func singles(_ results: [SeedResult]) -> [CostQualityPlot.Point] {
    let count = Double(max(results.count, 1))
    return (results.first?.singles ?? []).indices.map { arm in
      let values = results.map { $0.singles[arm].value }
      return CostQualityPlot.Point(
        results[0].singles[arm].name, cost: values.reduce(0) { $0 + $1.cost } / count,
        quality: values.reduce(0) { $0 + $1.reward } / count, role: .singleModel)
    }
  }

  /// The scenario's table, as Markdown.
  public var markdown: String {
    let kinds = PolicyKind.allCases.filter { policies[$0.rawValue] != nil }
    let header = "| policy | " + Measure.allCases.map(\.title).joined(separator: " | ") + " |"
    let rule = "| --- |" + Measure.allCases.map { _ in " ---: |" }.joined()
    let lines = kinds.map { kind in
      "| \(kind.rawValue) | "
        + Measure.allCases.map { $0.text(policies[kind.rawValue]?[$0.rawValue]) }.joined(separator: " | ") + " |"
    }
    return ([header, rule] + lines).joined(separator: "\n")
  }

  /// The policies and the single models by what they cost and are worth.
  public var plot: CostQualityPlot {
    let points = PolicyKind.allCases.compactMap { kind -> CostQualityPlot.Point? in
      guard let policy = policies[kind.rawValue], let cost = policy[Measure.cost.rawValue],
        let quality = policy[Measure.quality.rawValue]
      else { return nil }
      let role: CostQualityPlot.Role =
        switch kind {
        case .learned: .candidate
        case .static: .incumbent
        default: .other
        }
      return CostQualityPlot.Point(
        kind.rawValue, cost: cost.mean, quality: quality.mean, margin: quality.margin, role: role)
    }
    return CostQualityPlot(
      title: "\(scenario): quality against cost, the mean of \(seeds.count) seeds", points: points + singles)
  }
}
