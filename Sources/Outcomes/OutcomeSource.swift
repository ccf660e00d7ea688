/// Where outcomes come from: counted once, then each half streamed once.
public protocol OutcomeSource: ~Copyable {
  /// The cells met so far.
  var directory: CellDirectory { get }
  /// The policy versions by the number that outcomes have.
  var versions: [String] { get }
  /// Streams the training rows; the directory knows the cell of a row before `body` sees it.
  mutating func readTraining(_ body: (Outcome, CellDirectory) -> Void) throws
  /// Streams the holdout rows, likewise.
  mutating func readHoldout(_ body: (Outcome, CellDirectory) -> Void) throws
  /// Ends the reading, so that nothing is held while the rest is computed.
  mutating func finish() throws
}

extension OutcomeSource where Self: ~Copyable {
  /// Does nothing, for a source that holds nothing.
  public mutating func finish() throws {}
}
