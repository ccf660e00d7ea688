/// What the gate asks for. The defaults are the house's.
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
    /// The e-value reaches 2/α.
    case eValue = "e-value"
    /// Both.
    case both
  }

  /// What a good night is judged by.
  public var objective = Objective.doneAndCost
  /// What counts as evidence that done is better.
  public var evidence = Evidence.interval
  /// Whether estimates alone fail a slice, and a single model that is better fails the run.
  public var strict = false
  /// The least training rows, and holdout rows.
  public var minimumRows = 30
  /// Succeeded rows from which a model with nothing but the lowest score fails the labels.
  public var worthlessRows = 10
  /// How many standard errors a mean weight may lie from 1.
  public var calibrationErrors = 4.0
  /// The least effective sample size of the candidate, in rows.
  public var minimumEffectiveSampleSize = 200.0
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
  /// The least holdout rows of a slice.
  public var sliceRows = 30
  /// How far done may fall in a slice.
  public var sliceTolerance = 0.02
  /// The false discovery rate over the slices.
  public var sliceDiscoveryRate = 0.1
  /// The least share of exploration in a cell.
  public var minimumExploration = 0.05
  /// The error that all tries since the last promotion may spend.
  public var alpha = 0.05
  /// Draws of the bootstrap.
  public var draws = 2000
  /// The seed of the bootstrap.
  public var seed: UInt64 = 20_260_101

  /// The house's thresholds.
  public init() {}
}
