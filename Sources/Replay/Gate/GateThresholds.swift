/// What the gate asks for. The defaults are those of the manual.
public struct GateThresholds: Sendable, Equatable, Codable {
  /// What a good night is judged by.
  public enum Objective: String, Sendable, Codable {
    /// No worse in done and cost, and better in one.
    case doneAndCost = "done_and_cost"
    /// Better in reward, for rules that maximise it.
    case reward
  }

  /// What counts as evidence that done is better.
  public enum Evidence: String, Sendable, Codable, CaseIterable {
    /// The interval of the lift lies above 0.
    case interval
    /// The e-value over agents reaches 2/α.
    case eValue = "e-value"
    /// Both.
    case both
  }

  /// What a good night is judged by.
  public var objective = Objective.doneAndCost
  /// What counts as evidence that done is better.
  public var evidence = Evidence.interval
  /// Whether estimates alone fail a slice, and a single model or a mix that is better fails the run.
  public var strict = false
  /// The least training rows.
  public var minimumTrainingRows = 500
  /// The least holdout rows.
  public var minimumHoldoutRows = 300
  /// The share of rows whose cost must be known, in [0,1].
  public var knownCostShare = 0.98
  /// The least judged rows of a task and model that are looked at for scores that are all the lowest.
  public var worthlessRows = 10
  /// The chance under which labels that are all the lowest are a broken judge.
  public var brokenLabelChance = 1e-4
  /// The least rows of a task and model in each half that are compared.
  public var driftRows = 10
  /// How far reward and done may differ between training and holdout.
  public var driftDifference = 0.1
  /// By what factor cost may differ between training and holdout.
  public var driftCostFactor = 2.0
  /// The false discovery rate over these comparisons.
  public var driftDiscoveryRate = 0.01
  /// How many standard errors a mean weight may lie from 1.
  public var calibrationErrors = 4.0
  /// The share of the holdout rows in changed cells whose propensity must be logged, in [0,1].
  public var loggedShare = 0.95
  /// Whether estimated propensities may carry a promotion.
  public var trustEstimatedPropensities = false
  /// The least effective sample size of the candidate, in rows.
  public var minimumEffectiveSampleSize = 100.0
  /// The largest share of the squared weights that one row may carry.
  public var largestShare = 0.05
  /// Holdout rows of the new pick that a task needs.
  public var pickRows = 30
  /// The share of changed holdout rows that must be in such tasks.
  public var supportedShare = 0.9
  /// How far done, or reward, may fall.
  public var doneTolerance = 0.005
  /// How much done, or reward, must rise.
  public var doneGain = 0.005
  /// How far cost may rise, and must fall, as a share of the incumbent's.
  public var costShare = 0.02
  /// How far cost may rise whatever done does, as a share of the incumbent's.
  public var costLimit = 0.25
  /// How many days ago the policy served that the candidate is held against.
  public var anchorDays = 30.0
  /// How far done may lie below that policy's.
  public var anchorTolerance = 0.01
  /// The least holdout rows of a slice.
  public var sliceRows = 30
  /// How far done may fall in a slice.
  public var sliceTolerance = 0.02
  /// The false discovery rate over the slices.
  public var sliceDiscoveryRate = 0.1
  /// The error at which each third of the holdout in time is tested.
  public var thirdError = 0.05
  /// The error at which the newest sixth and twelfth of the holdout are tested.
  public var newestError = 0.025
  /// How far done may fall for a tenant.
  public var tenantTolerance = 0.02
  /// The least share of exploration in a cell.
  public var minimumExploration = 0.05
  /// The error that all tries since the last promotion may spend.
  public var alpha = 0.05
  /// Draws of the bootstrap.
  public var draws = 2000
  /// The seed of the bootstrap.
  public var seed: UInt64 = 20_260_101

  /// The thresholds of the manual.
  public init() {}
}
