public import Outcomes

/// Simulated outcomes in memory, for studies that replay thousands of small logs.
public struct SimulatedOutcomes: OutcomeSource {
  /// The cells of the world, numbered as there.
  public let directory: CellDirectory
  private let training: ArraySlice<Outcome>
  private let holdout: ArraySlice<Outcome>

  /// Splits outcomes in the order of time.
  public init(_ world: World, outcomes: ArraySlice<Outcome>, holdoutShare: Double = 0.3) {
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    self.directory = directory
    let cut = outcomes.startIndex + Int(Double(outcomes.count) * (1 - holdoutShare))
    training = outcomes[..<cut]
    holdout = outcomes[cut...]
  }

  /// What a survey of them would count.
  public var survey: Survey {
    let rows = training.count + holdout.count
    return Survey(
      total: rows, dropped: [:], judges: ["judge-oak": rows], newJudges: [], sources: ["prod": rows],
      training: training.count, holdout: holdout.count, window: "0"..."1", cut: nil)
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
