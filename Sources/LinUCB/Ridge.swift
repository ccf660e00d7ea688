/// The diagonal Λ that is added to every Gram matrix when it is solved.
public struct Ridge: Sendable, Equatable {
  /// On each shared feature but the tenants.
  public var shared: Double
  /// On each tenant.
  public var tenant: Double
  /// On each cell; infinity pins every cell effect to zero, which is plain disjoint LinUCB.
  public var cell: Double

  /// Makes a ridge; each part must be above zero.
  public init(shared: Double = 1, tenant: Double = 20, cell: Double = 20) {
    precondition(shared > 0 && tenant > 0 && cell > 0)
    self.shared = shared
    self.tenant = tenant
    self.cell = cell
  }
}
