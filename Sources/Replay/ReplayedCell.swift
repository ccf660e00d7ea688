/// What replay keeps of a cell beside its probabilities and expectations.
public struct ReplayedCell: Sendable {
  /// Whether the two policies' picks differ.
  public let isChanged: Bool
  /// The candidate's pick.
  public let pick: Int?
  /// The variance that training expects of a row's lift in each quantity; nil where no training says.
  public let variances: [Double]?
  /// What a row's lift in each quantity may be wrong by, for models of which no row has weight.
  let unseenErrors: [Double]
  /// The mean weight that a row of the cell has, in the candidate's replay, where the propensities are right.
  let candidateServed: Double
  /// The same in the incumbent's replay.
  let incumbentServed: Double

  /// - Parameter shared: where arrays that many cells have are kept once.
  init(_ cell: ReplayCell, _ shared: inout SharedArrays) {
    isChanged = cell.isChanged
    pick = cell.pick
    variances = cell.variances.map { shared.shared($0) }
    unseenErrors = shared.shared(cell.unseenErrors)
    candidateServed = zip(cell.candidate, cell.isReplayed).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    incumbentServed = zip(cell.incumbent, cell.isReplayed).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
  }
}
