public import Outcomes

/// The shared features that are the same for every row of a cell: an intercept and one-hot groups, kept as the indices
/// of the ones.
public struct CellFeatures: Sendable, Equatable {
  /// The number of these features.
  public let width: Int
  /// The indices of the features that are 1, `cells × ones`.
  private let indices: [Int32]
  private let ones: Int

  /// No constant features: every shared feature varies by row.
  public static let none = CellFeatures(width: 0, ones: 0, indices: [])

  private init(width: Int, ones: Int, indices: [Int32]) {
    self.width = width
    self.ones = ones
    self.indices = indices
  }

  /// An intercept, one-hot task and one-hot band, with the levels that these cells have, in the order of their bytes.
  public init(cells: some Collection<Cell>) {
    let tasks = CellFeatures.levels(cells.lazy.map(\.task))
    let bands = CellFeatures.levels(cells.lazy.map(\.band))
    width = 1 + tasks.count + bands.count
    ones = 3
    var indices: [Int32] = []
    indices.reserveCapacity(cells.count * 3)
    for cell in cells {
      indices.append(0)
      indices.append(Int32(1 + (tasks[cell.task] ?? 0)))
      indices.append(Int32(1 + tasks.count + (bands[cell.band] ?? 0)))
    }
    self.indices = indices
  }

  private static func levels(_ names: some Sequence<String>) -> [String: Int] {
    let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
  }

  /// Calls `body` with the index of each feature that is 1 in the cell.
  @inline(__always)
  func forEachOne(cell: Int, _ body: (Int) -> Void) {
    for offset in cell * ones..<(cell + 1) * ones { body(Int(indices[offset])) }
  }
}
