internal import Outcomes

/// A measure of a policy, as the tables show it.
enum Measure: String, CaseIterable {
  case quality, done
  case cost = "cost_usd"
  case saving
  case doneAndCheaper = "done_and_cheaper"
  case regret
  case floorViolations = "floor_violations"
  case areaUnderCurve = "aiq"
  case oracleShare = "oracle_share"
  case savingAtEqualQuality = "saving_at_equal_quality"

  /// The head of its column.
  var title: String {
    switch self {
    case .quality: "quality"
    case .done: "done %"
    case .cost: "cost, 1000ths of a USD"
    case .saving: "saving %"
    case .doneAndCheaper: "done and cheaper %"
    case .regret: "regret"
    case .floorViolations: "floor violations %"
    case .areaUnderCurve: "AIQ"
    case .oracleShare: "of the oracle's saving %"
    case .savingAtEqualQuality: "saving at equal quality %"
    }
  }

  func value(_ score: PolicyScore) -> Double? {
    switch self {
    case .quality: score.quality
    case .done: score.done
    case .cost: score.cost
    case .saving: score.saving
    case .doneAndCheaper: score.doneAndCheaper
    case .regret: score.regret
    case .floorViolations: score.floorViolations
    case .areaUnderCurve: score.areaUnderCurve
    case .oracleShare: score.oracleShare
    case .savingAtEqualQuality: score.savingAtEqualQuality
    }
  }

  /// The mean and its margin as a cell of a table.
  func text(_ value: SeedMean?) -> String {
    guard let value else { return "–" }
    switch self {
    case .quality, .regret, .areaUnderCurve: return "\(value.mean.decimals(4)) ± \(value.margin.decimals(4))"
    case .cost: return "\((1000 * value.mean).decimals(3)) ± \((1000 * value.margin).decimals(3))"
    case .done, .saving, .doneAndCheaper, .floorViolations, .oracleShare, .savingAtEqualQuality:
      return "\((100 * value.mean).decimals(1)) ± \((100 * value.margin).decimals(1))"
    }
  }
}
