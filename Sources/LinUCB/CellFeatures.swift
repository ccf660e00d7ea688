public import Outcomes

/// The shared features that are the same for every row of a cell: an intercept and one-hot groups, kept as the indices
/// of the ones, and the tenant, which is kept apart because no cell has two.
public struct CellFeatures: Sendable, Equatable {
  /// The number of these features, tenants apart.
  public let width: Int
  /// The number of tenants.
  public let tenants: Int
  /// The indices of the features that are 1, `cells × ones`.
  private let indices: [Int32]
  private let ones: Int
  /// The tenant of each cell; -1 of a cell without one.
  private let tenantOfCell: [Int32]

  /// No constant features: every shared feature varies by row.
  public static let none = CellFeatures(width: 0)

  private init(width: Int) {
    self.width = width
    tenants = 0
    ones = 0
    indices = []
    tenantOfCell = []
  }

  /// An intercept, one-hot task, one-hot band and one-hot tenant, with the levels that these cells have, in the order of
  /// their bytes. The tenant `*` of fallback cells stands for none.
  public init(cells: some Collection<Cell>) {
    let tasks = CellFeatures.levels(cells.lazy.map(\.task))
    let bands = CellFeatures.levels(cells.lazy.map(\.band))
    let tenants = CellFeatures.levels(cells.lazy.map(\.tenant).filter { $0 != Cell.anyTenant })
    width = 1 + tasks.count + bands.count
    self.tenants = tenants.count
    ones = 3
    var indices: [Int32] = []
    indices.reserveCapacity(cells.count * 3)
    var tenantOfCell: [Int32] = []
    tenantOfCell.reserveCapacity(cells.count)
    for cell in cells {
      indices.append(0)
      indices.append(Int32(1 + (tasks[cell.task] ?? 0)))
      indices.append(Int32(1 + tasks.count + (bands[cell.band] ?? 0)))
      tenantOfCell.append(Int32(tenants[cell.tenant] ?? -1))
    }
    self.indices = indices
    self.tenantOfCell = tenantOfCell
  }

  private static func levels(_ names: some Sequence<String>) -> [String: Int] {
    let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
  }

  /// Calls `body` with the index of each feature that is 1 in the cell.
  @inline(__always)
  func forEachActiveFeature(cell: Int, _ body: (Int) -> Void) {
    for offset in cell * ones..<(cell + 1) * ones { body(Int(indices[offset])) }
  }

  /// The tenant of the cell; nil of a cell without one.
  @inline(__always)
  func tenant(cell: Int) -> Int? {
    guard cell < tenantOfCell.count, tenantOfCell[cell] >= 0 else { return nil }
    return Int(tenantOfCell[cell])
  }
}
