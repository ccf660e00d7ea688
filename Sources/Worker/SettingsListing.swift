internal import LinUCB
internal import Outcomes
internal import Policies
internal import Replay

/// The settings in force, each with where it came from.
public struct SettingsListing: Encodable {
  /// One setting.
  public struct Entry: Encodable {
    /// The key in a settings file.
    public let key: String
    /// The value in force.
    public let value: String
    /// `default`, or the file that names it.
    public let origin: String
  }

  /// The settings in the order of the manual.
  public let settings: [Entry]
  /// The ruleset that they come to.
  public let rulesetHash: String

  /// Lists settings.
  /// - Parameters:
  ///   - path: the path of the file that names some of them.
  /// - Throws: `SettingsError` where a number is not finite.
  public init(_ settings: Settings, path: String?) throws(SettingsError) {
    self.settings = SettingsListing.values(settings).map { key, value in
      Entry(
        key: key.rawValue, value: value, origin: settings.namedKeys.contains(key.rawValue) ? path ?? "file" : "default")
    }
    rulesetHash = try settings.rulesetHash
  }

  private static func values(_ settings: Settings) -> [(SettingsFile.CodingKeys, String)] {
    let thresholds = settings.thresholds
    let floors = settings.floors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return [
      (.windowDays, "\(settings.selection.windowDays)"), (.source, settings.selection.source),
      (.holdoutShare, "\(settings.selection.holdoutShare)"),
      (.halfLifeDays, settings.selection.halfLifeDays.map { "\($0)" } ?? "none"),
      (.inputTokens, "\(settings.selection.usesInputTokens)"), (.ridgeShared, "\(settings.ridge.shared)"),
      (.ridgeTenant, "\(settings.ridge.tenant)"),
      (.ridgeCell, settings.choosesCellRidge ? "auto" : "\(settings.ridge.cell)"),
      (.alpha, "\(settings.learner.alpha)"),
      (.minimumSupport, "\(settings.learner.minimumSupport)"), (.exploration, "\(settings.learner.exploration)"),
      (.decisionRule, settings.learner.rule.rawValue), (.objective, thresholds.objective.rawValue),
      (.evidence, thresholds.evidence.rawValue), (.strict, "\(thresholds.strict)"), (.floors, "{\(floors)}"),
      (.defaultFloor, "\(settings.defaultFloor)"), (.minimumTrainingRows, "\(thresholds.minimumTrainingRows)"),
      (.minimumHoldoutRows, "\(thresholds.minimumHoldoutRows)"),
      (.minimumEffectiveSampleSize, "\(thresholds.minimumEffectiveSampleSize)"),
      (.doneTolerance, "\(thresholds.doneTolerance)"), (.doneGain, "\(thresholds.doneGain)"),
      (.costShare, "\(thresholds.costShare)"), (.costLimit, "\(thresholds.costLimit)"),
      (.driftDifference, "\(thresholds.driftDifference)"), (.anchorDays, "\(thresholds.anchorDays)"),
      (.anchorTolerance, "\(thresholds.anchorTolerance)"), (.sliceTolerance, "\(thresholds.sliceTolerance)"),
      (.tenantTolerance, "\(thresholds.tenantTolerance)"),
      (.trustEstimatedPropensities, "\(thresholds.trustEstimatedPropensities)"), (.draws, "\(thresholds.draws)"),
      (.seed, "\(thresholds.seed)"),
      (.schema, settings.schema),
    ]
  }
}
