/// The model-free context that a policy is tabulated by: `task:tenant:band`.
public struct Cell: Hashable, Sendable, CustomStringConvertible {
  /// What kind of work the call asked for.
  public let task: String
  /// Whose call it was; `*` in a fallback row.
  public let tenant: String
  /// What the tenant asked to weigh most.
  public let band: String

  /// The tenant of a fallback row, which stands for any that training never saw.
  public static let anyTenant = "*"

  /// Makes a cell of its three parts.
  public init(task: String, tenant: String, band: String) {
    self.task = task
    self.tenant = tenant
    self.band = band
  }

  /// Reads `task:tenant:band`; nil unless there are three parts.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    self.init(task: String(parts[0]), tenant: String(parts[1]), band: String(parts[2]))
  }

  /// The row that stands for a tenant that training never saw.
  public var fallback: Cell { Cell(task: task, tenant: Cell.anyTenant, band: band) }

  /// `task:tenant:band`.
  public var description: String { "\(task):\(tenant):\(band)" }
}
