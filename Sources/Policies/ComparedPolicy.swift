public import Outcomes

/// A policy that is valued beside others: the probability of each arm of the catalog in a cell.
public struct ComparedPolicy: Sendable {
  /// What it is called.
  public let name: String
  /// The probability of each arm; they sum to 1, or to 0 where nothing is served.
  public let probabilities: @Sendable (Cell) -> [Double]

  /// Names a policy.
  public init(_ name: String, probabilities: @escaping @Sendable (Cell) -> [Double]) {
    self.name = name
    self.probabilities = probabilities
  }

  /// A policy that does the same in every cell.
  public init(_ name: String, everywhere probabilities: [Double]) {
    self.init(name) { _ in probabilities }
  }
}
