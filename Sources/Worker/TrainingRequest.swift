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
  /// How many of the newest artifacts are kept beside those that served lately; nil for all.
  public var keptArtifacts: Int?
  /// Whether a ruleset other than the incumbent's may be promoted.
  public var allowsRulesetChange: Bool
  /// A version, or its hash, that was rolled back and may be promoted again; nil for none.
  public var allowedRolledBack: String?
  /// Whether the version may reach fewer tenants than the last promotion did.
  public var allowsFewerTenants: Bool
  /// How many outcomes with a value that cannot be read may be left out.
  public var tolerance: Int
  /// The run's identifier, a UUID.
  public var runID: String

  /// Makes a request.
  public init(
    cadence: Cadence, isDryRun: Bool, connection: ConnectionSettings, settings: Settings, artifacts: String?,
    allowsRulesetChange: Bool, allowedRolledBack: String? = nil, allowsFewerTenants: Bool = false, tolerance: Int,
    runID: String, keptArtifacts: Int? = nil
  ) {
    self.cadence = cadence
    self.isDryRun = isDryRun
    self.connection = connection
    self.settings = settings
    self.artifacts = artifacts
    self.keptArtifacts = keptArtifacts
    self.allowsRulesetChange = allowsRulesetChange
    self.allowedRolledBack = allowedRolledBack
    self.allowsFewerTenants = allowsFewerTenants
    self.tolerance = tolerance
    self.runID = runID
  }

  /// Whether this run may move the tenants.
  var mayServe: Bool { cadence != .shadow && !isDryRun }
}
