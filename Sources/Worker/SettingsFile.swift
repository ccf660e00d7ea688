internal import LinUCB
internal import Outcomes
internal import Policies
internal import Replay

/// The keys of a settings file.
struct SettingsFile: Decodable {
  /// A ridge on cells: a number, or `auto`.
  enum CellRidge: Decodable {
    case number(Double)
    case other(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      // What is no number is read as a word below, or refused there.
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .other(try container.decode(String.self))
      }
    }
  }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case windowDays = "window_days"
    case source
    case holdoutShare = "holdout_share"
    case halfLifeDays = "half_life_days"
    case inputTokens = "input_tokens"
    case ridgeShared = "ridge_shared"
    case ridgeTenant = "ridge_tenant"
    case ridgeCell = "ridge_cell"
    case alpha
    case minimumSupport = "min_support"
    case exploration
    case decisionRule = "decision_rule"
    case objective
    case evidence
    case strict
    case floors
    case defaultFloor = "default_floor"
    case minimumTrainingRows = "min_training_rows"
    case minimumHoldoutRows = "min_holdout_rows"
    case minimumEffectiveSampleSize = "min_effective_sample_size"
    case doneTolerance = "done_tolerance"
    case doneGain = "done_gain"
    case costShare = "cost_share"
    case costLimit = "cost_limit"
    case driftDifference = "drift_difference"
    case anchorDays = "anchor_days"
    case anchorTolerance = "anchor_tolerance"
    case sliceTolerance = "slice_tolerance"
    case tenantTolerance = "tenant_tolerance"
    case trustEstimatedPropensities = "trust_estimated_propensities"
    case draws = "bootstrap_draws"
    case seed = "bootstrap_seed"
    case schema
  }

  var windowDays: Double?
  var source: String?
  var holdoutShare: Double?
  var halfLifeDays: Double?
  var inputTokens: Bool?
  var ridgeShared: Double?
  var ridgeTenant: Double?
  var ridgeCell: CellRidge?
  var alpha: Double?
  var minimumSupport: Double?
  var exploration: Double?
  var decisionRule: String?
  var objective: String?
  var evidence: String?
  var strict: Bool?
  var floors: [String: Double]?
  var defaultFloor: Double?
  var minimumTrainingRows: Int?
  var minimumHoldoutRows: Int?
  var minimumEffectiveSampleSize: Double?
  var doneTolerance: Double?
  var doneGain: Double?
  var costShare: Double?
  var costLimit: Double?
  var driftDifference: Double?
  var anchorDays: Double?
  var anchorTolerance: Double?
  var sliceTolerance: Double?
  var tenantTolerance: Double?
  var trustEstimatedPropensities: Bool?
  var draws: Int?
  var seed: UInt64?
  var schema: String?

  /// Ridges with which a table is written with 9 decimals and no number of it overflows.
  private static let ridges = 1e-6...1e6
  private static let ridgesText = "from 0.000001 to 1000000"
  /// Row counts and sample sizes that a log can reach.
  private static let mostRows = 1_000_000_000
  private static let rowsText = "from 2 to \(mostRows)"

  func apply(to settings: inout Settings) throws(SettingsError) {
    try applySelection(to: &settings)
    try applyLearning(to: &settings)
    try applyThresholds(to: &settings.thresholds)
    try set(&settings.schema, schema, .schema, "a name without NUL of at most 63 bytes") {
      !$0.isEmpty && !$0.utf8.contains(0) && $0.utf8.count <= 63
    }
  }

  private func applySelection(to settings: inout Settings) throws(SettingsError) {
    try set(&settings.selection.windowDays, windowDays, .windowDays, "above 0 and at most 3650") {
      $0 > 0 && $0 <= 3650
    }
    try set(&settings.selection.source, source, .source, "prod, synthetic or any") {
      ["prod", "synthetic", "any"].contains($0)
    }
    try set(&settings.selection.holdoutShare, holdoutShare, .holdoutShare, "between 0 and 1") { $0 > 0 && $0 < 1 }
    if let halfLifeDays {
      var days = 0.0
      try set(&days, halfLifeDays, .halfLifeDays, "from 0.01 to 3650") { (0.01...3650).contains($0) }
      settings.selection.halfLifeDays = days
    }
    try set(&settings.selection.usesInputTokens, inputTokens, .inputTokens, "true or false") { _ in true }
  }

  private func applyLearning(to settings: inout Settings) throws(SettingsError) {
    try set(&settings.ridge.shared, ridgeShared, .ridgeShared, SettingsFile.ridgesText, SettingsFile.ridges.contains)
    try set(&settings.ridge.tenant, ridgeTenant, .ridgeTenant, SettingsFile.ridgesText, SettingsFile.ridges.contains)
    try applyCellRidge(to: &settings)
    try set(&settings.learner.alpha, alpha, .alpha, "from 0 to 100") { (0...100).contains($0) }
    try set(&settings.learner.minimumSupport, minimumSupport, .minimumSupport, "from 0 to 1000000") {
      (0...1_000_000).contains($0)
    }
    try set(&settings.learner.exploration, exploration, .exploration, "at least 0.05 and under 1") {
      $0 >= 0.05 && $0 < 1
    }
    if let decisionRule {
      guard let rule = DecisionRule(rawValue: decisionRule) else {
        let names = DecisionRule.allCases.map(\.rawValue).joined(separator: ", ")
        throw .badValue(key: CodingKeys.decisionRule.rawValue, value: decisionRule, expected: "one of \(names)")
      }
      settings.learner.rule = rule
    }
    if let floors {
      guard floors.count <= Catalog.mostModels else {
        throw .badValue(
          key: CodingKeys.floors.rawValue, value: "a mapping of \(floors.count) tasks",
          expected: "one of at most \(Catalog.mostModels)")
      }
      for (task, floor) in floors.sorted(by: { $0.key < $1.key }) {
        guard (0...1).contains(floor) else {
          throw .badValue(key: "floors.\(task)", value: "\(floor)", expected: "in [0,1]")
        }
        settings.floors[task] = floor
        settings.namedFloors[task] = floor
      }
    }
    settings.namedDefaultFloor = defaultFloor ?? settings.namedDefaultFloor
    try set(&settings.defaultFloor, defaultFloor, .defaultFloor, "in [0,1]") { (0...1).contains($0) }
  }

  private func applyCellRidge(to settings: inout Settings) throws(SettingsError) {
    switch ridgeCell {
    case nil: break
    case .other("auto"): settings.choosesCellRidge = true
    case .number(let number) where SettingsFile.ridges.contains(number):
      settings.ridge.cell = number
      settings.choosesCellRidge = false
    case .number(let number):
      throw .badValue(
        key: CodingKeys.ridgeCell.rawValue, value: "\(number)", expected: "\(SettingsFile.ridgesText), or auto")
    case .other(let text):
      throw .badValue(
        key: CodingKeys.ridgeCell.rawValue, value: text, expected: "\(SettingsFile.ridgesText), or auto")
    }
  }

  private func applyThresholds(to thresholds: inout GateThresholds) throws(SettingsError) {
    if let objective {
      guard let value = GateThresholds.Objective(rawValue: objective) else {
        throw .badValue(key: CodingKeys.objective.rawValue, value: objective, expected: "done_and_cost or reward")
      }
      thresholds.objective = value
    }
    if let evidence {
      guard let value = GateThresholds.Evidence(rawValue: evidence) else {
        throw .badValue(key: CodingKeys.evidence.rawValue, value: evidence, expected: "interval, e-value or both")
      }
      thresholds.evidence = value
    }
    try set(&thresholds.strict, strict, .strict, "true or false") { _ in true }
    try set(&thresholds.minimumTrainingRows, minimumTrainingRows, .minimumTrainingRows, SettingsFile.rowsText) {
      (2...SettingsFile.mostRows).contains($0)
    }
    try set(&thresholds.minimumHoldoutRows, minimumHoldoutRows, .minimumHoldoutRows, SettingsFile.rowsText) {
      (2...SettingsFile.mostRows).contains($0)
    }
    try set(
      &thresholds.minimumEffectiveSampleSize, minimumEffectiveSampleSize, .minimumEffectiveSampleSize,
      "from 0 to \(SettingsFile.mostRows)"
    ) { (0...Double(SettingsFile.mostRows)).contains($0) }
    try set(&thresholds.doneTolerance, doneTolerance, .doneTolerance, "in [0,1]") { (0...1).contains($0) }
    try set(&thresholds.doneGain, doneGain, .doneGain, "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
    try set(&thresholds.costShare, costShare, .costShare, "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
    try set(&thresholds.costLimit, costLimit, .costLimit, "above 0 and at most 10") { $0 > 0 && $0 <= 10 }
    try set(&thresholds.driftDifference, driftDifference, .driftDifference, "above 0 and at most 1") {
      $0 > 0 && $0 <= 1
    }
    try set(&thresholds.anchorDays, anchorDays, .anchorDays, "above 0 and at most 3650") { $0 > 0 && $0 <= 3650 }
    try set(&thresholds.anchorTolerance, anchorTolerance, .anchorTolerance, "in [0,1]") { (0...1).contains($0) }
    try set(&thresholds.sliceTolerance, sliceTolerance, .sliceTolerance, "in [0,1]") { (0...1).contains($0) }
    try set(&thresholds.tenantTolerance, tenantTolerance, .tenantTolerance, "in [0,1]") { (0...1).contains($0) }
    try set(
      &thresholds.trustEstimatedPropensities, trustEstimatedPropensities, .trustEstimatedPropensities, "true or false"
    ) { _ in true }
    try set(&thresholds.draws, draws, .draws, "from 200 to 1000000") { (200...1_000_000).contains($0) }
    try set(&thresholds.seed, seed, .seed, "a whole number") { _ in true }
  }

  private func set<Value>(
    _ target: inout Value, _ value: Value?, _ key: CodingKeys, _ expected: String, _ isGood: (Value) -> Bool
  ) throws(SettingsError) {
    guard let value else { return }
    guard isGood(value) else { throw .badValue(key: key.rawValue, value: "\(value)", expected: expected) }
    target = value
  }
}
