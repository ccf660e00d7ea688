/// What replay keeps of a cell beside its probabilities and expectations.
public struct ReplayedCell: Sendable {
  /// Whether the two policies' picks differ.
  public let isChanged: Bool
  /// The candidate's pick.
  public let pick: Int?
  /// The variance that the fit expects of a row's lift in done.
  public let doneVariance: Double
}
