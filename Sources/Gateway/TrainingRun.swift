/// One row of the ledger.
public struct TrainingRun: Sendable, Equatable {
  /// The identifier, made by the worker, so that a lost answer to COMMIT can be looked up.
  public let id: String
  /// `daily`, `manual` or `shadow`.
  public let cadence: String
  /// Each judge that labelled a row, comma-separated.
  public let judgeModel: String
  /// The eligible outcomes.
  public let outcomesJudged: Int
  /// The incumbent's version.
  public let versionFrom: String
  /// The candidate's version.
  public let versionTo: String
  /// Whether the candidate is to serve.
  public let promoted: Bool
  /// Why, or why not.
  public let reason: String
  /// Whether every check passed but those of cadence and incumbent.
  public let gatePassed: Bool
  /// The table, as JSON; of a run that is held the changed cells alone.
  public let perCell: [UInt8]
  /// The whole policy, compressed; nil of a run that is held. Written where the column exists.
  public let policy: [UInt8]?
  /// The lift in done; nil without a holdout.
  public let doneLift: Double?
  /// The lift in cost, in USD.
  public let costLift: Double?
  /// The share of exploration.
  public let exploration: Double
  /// The ruleset.
  public let rulesetHash: String
  /// The evidence, as JSON; written where the column exists.
  public let evaluation: [UInt8]

  /// Makes a row.
  public init(
    id: String, cadence: String, judgeModel: String, outcomesJudged: Int, versionFrom: String, versionTo: String,
    promoted: Bool, reason: String, gatePassed: Bool, perCell: [UInt8], doneLift: Double?, costLift: Double?,
    exploration: Double, rulesetHash: String, evaluation: [UInt8],
    policy: [UInt8]? = nil
  ) {
    self.id = id
    self.cadence = cadence
    self.judgeModel = judgeModel
    self.outcomesJudged = outcomesJudged
    self.versionFrom = versionFrom
    self.versionTo = versionTo
    self.promoted = promoted
    self.reason = reason
    self.gatePassed = gatePassed
    self.perCell = perCell
    self.policy = policy
    self.doneLift = doneLift
    self.costLift = costLift
    self.exploration = exploration
    self.rulesetHash = rulesetHash
    self.evaluation = evaluation
  }

  /// The same run as a hold, for this reason.
  public func held(because reason: String) -> TrainingRun {
    TrainingRun(
      id: id, cadence: cadence, judgeModel: judgeModel, outcomesJudged: outcomesJudged, versionFrom: versionFrom,
      versionTo: versionTo, promoted: false, reason: reason, gatePassed: gatePassed, perCell: perCell,
      doneLift: doneLift, costLift: costLift, exploration: exploration, rulesetHash: rulesetHash,
      evaluation: evaluation)
  }
}
