public import Postgres

/// What one run is asked to do.
public struct TrainingRequest: Sendable {
  /// Why it takes place.
  public var cadence: Cadence
  /// Whether nothing shall be written.
  public var isDryRun: Bool
  /// The database.
  public var connection: ConnectionSettings
  /// The settings.
  public var settings: Settings
  /// The folder for the policy's artifact.
  public var artifacts: String?
  /// Whether a ruleset other than the incumbent's may be promoted.
  public var allowsRulesetChange: Bool
  /// How many outcomes with a value that cannot be read may be left out.
  public var tolerance: Int
  /// The run's identifier, a UUID.
  public var runID: String

  /// Makes a request.
  public init(
    cadence: Cadence, isDryRun: Bool, connection: ConnectionSettings, settings: Settings, artifacts: String?,
    allowsRulesetChange: Bool, tolerance: Int, runID: String
  ) {
    self.cadence = cadence
    self.isDryRun = isDryRun
    self.connection = connection
    self.settings = settings
    self.artifacts = artifacts
    self.allowsRulesetChange = allowsRulesetChange
    self.tolerance = tolerance
    self.runID = runID
  }

  /// Why this run may not serve; nil where it may.
  var servingBar: String? {
    if cadence == .shadow { return "a shadow run" }
    return isDryRun ? "a dry run" : nil
  }
}
