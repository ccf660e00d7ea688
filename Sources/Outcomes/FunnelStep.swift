/// Why a row in the window is left out, in the order in which the reasons are tried; what cannot be read stands apart from that order.
public enum FunnelStep: Int, CaseIterable, Codable, Sendable {
  /// The row has no inference, so nothing ran.
  case noInference = 1
  /// The call has not ended.
  case notComplete
  /// The status is neither that of a success nor that of a failure.
  case unknownStatus
  /// The call succeeded and no judge has labelled it.
  case notJudged
  /// The call succeeded and its score is missing or outside 1 to 5.
  case badScore
  /// The chosen model is not in the catalog.
  case unknownModel
  /// The source is not the one asked for.
  case otherSource
  /// An internal probe.
  case probe
  /// Degraded traffic.
  case degraded
  /// Marked as excluded from training.
  case excluded
  /// The call succeeded and its judge is the chosen model.
  case selfJudged
  /// A value of the row cannot be read.
  case unreadable

  /// The steps at which a row falls for its judging alone; without them it would be eligible, and so is traffic. A
  /// failed call needs no judge and falls at none of them.
  public static let judging: Set<FunnelStep> = [.notJudged, .badScore, .selfJudged]

  /// The name in reports.
  public var name: String {
    switch self {
    case .noInference: "no_inference"
    case .notComplete: "not_complete"
    case .unknownStatus: "unknown_status"
    case .notJudged: "not_judged"
    case .badScore: "score_missing_or_out_of_range"
    case .unknownModel: "model_not_in_catalog"
    case .otherSource: "other_source"
    case .probe: "probe"
    case .degraded: "degraded"
    case .excluded: "excluded_from_training"
    case .selfJudged: "judged_by_itself"
    case .unreadable: "unreadable"
    }
  }
}
