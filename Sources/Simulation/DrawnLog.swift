public import Outcomes
internal import Policies

/// The log that a router would have left, drawn from full information: a prompt a second in an order drawn by a seed, each
/// answered by one model, with the score of that answer rounded by chance to 1 to 5 so that its mean is the quality.
public struct DrawnLog: Sendable {
  private let information: FullInformation
  private let router: LoggingRouter
  private let seed: UInt64
  private let order: [Int]
  private let picks: [Int?]

  /// Prepares a log.
  public init(_ information: FullInformation, router: LoggingRouter, seed: UInt64) {
    self.information = information
    self.router = router
    self.seed = seed
    order = information.order(seed: seed)
    let (catalog, priors) = (information.catalog, information.catalog.priors)
    picks = information.cells.map { cell in
      DecisionRule.cheapestClearingFloor.decide(
        catalog, floor: catalog.floor(task: cell.task), quality: priors, upperBound: priors
      ).arm
    }
  }

  /// The log as CSV in parts, the same each time.
  public func chunks() -> DatasetSource.Chunks {
    var generator = SeededGenerator(seed: seed ^ 0x6472_6177)
    var place = 0
    var isHeader = true
    return {
      if isHeader {
        isHeader = false
        return Array(
          "created_at,chosen_model_slug,judge_score,judge_model,cell,cost_actual_usd,chosen_propensity,decision_type,source\n"
            .utf8)
      }
      guard place < order.count else { return nil }
      let end = min(place + 4096, order.count)
      defer { place = end }
      return (place..<end).flatMap { Array(line(at: $0, &generator).utf8) }
    }
  }

  private func line(at place: Int, _ generator: inout SeededGenerator) -> String {
    let prompt = information.prompts[order[place]]
    let models = information.catalog.models
    let asked = models.indices.filter { prompt.quality[$0] != nil && models[$0].isEnrolled }
    let pick = picks[prompt.cell].flatMap { asked.contains($0) ? $0 : nil } ?? asked.last
    let explores = generator.uniform() < router.exploration
    let drawn = generator.index(below: max(asked.count, 1))
    let rounding = generator.uniform()
    let arm = explores && !asked.isEmpty ? asked[drawn] : pick
    let cell = information.cells[prompt.cell]
    guard let arm, let quality = prompt.quality[arm] else {
      return "\(instant(place)),,,,\(cell.task):*:\(cell.band),,,,synthetic\n"
    }
    let propensity =
      router.exploration / Double(asked.count) + (arm == pick ? 1 - router.exploration : 0)
    return [
      instant(place), quoted(models[arm].slug), String(Int((1 + 4 * quality + rounding).rounded(.down))), "judge",
      quoted("\(cell.task):*:\(cell.band)"), "\(prompt.cost[arm])", router == .prior ? "" : "\(propensity)",
      router == .prior ? "deterministic" : "exploring", "synthetic",
    ].joined(separator: ",") + "\n"
  }

  private func instant(_ place: Int) -> String {
    Instant(microseconds: 1_767_225_600_000_000 + Int64(place) * 1_000_000).description
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
