/// Outcomes in memory, for studies that need them more than once.
public struct RecordedOutcomes: OutcomeSource {
  /// The cells.
  public let directory: CellDirectory
  /// No versions, for studies have none.
  public var versions: [String] { [] }
  /// The rows to learn from.
  public let training: ArraySlice<Outcome>
  /// The rows to replay.
  public let holdout: ArraySlice<Outcome>

  /// Takes rows whose cells the directory knows.
  public init(directory: CellDirectory, training: ArraySlice<Outcome>, holdout: ArraySlice<Outcome>) {
    self.directory = directory
    self.training = training
    self.holdout = holdout
  }

  /// Gives the training rows.
  public mutating func readTraining(_ body: (Outcome, CellDirectory) -> Void) {
    for outcome in training { body(outcome, directory) }
  }

  /// Gives the holdout rows.
  public mutating func readHoldout(_ body: (Outcome, CellDirectory) -> Void) {
    for outcome in holdout { body(outcome, directory) }
  }
}
