/// The diagonal Λ that is added to every Gram matrix when it is solved.
public struct Ridge: Sendable, Equatable {
  /// On each shared feature.
  public var shared: Double
  /// On each cell; infinity pins every cell effect to zero, which is plain disjoint LinUCB.
  public var cell: Double

  /// Makes a ridge; both must be above zero.
  public init(shared: Double = 1, cell: Double = 20) {
    precondition(shared > 0 && cell > 0)
    self.shared = shared
    self.cell = cell
  }
}
