internal import COpenBLAS

/// A block of rows, `capacity × columns`, row-major, gathered so that BLAS 3 can take them at once.
public struct RowBlock: ~Copyable {
  let base: UnsafeMutablePointer<Double>
  /// The most rows that it holds.
  public let capacity: Int
  /// The length of a row.
  public let columns: Int
  /// The number of rows gathered.
  public private(set) var count = 0

  /// Makes an empty block.
  public init(capacity: Int, columns: Int) {
    precondition(capacity > 0 && columns >= 0)
    self.capacity = capacity
    self.columns = columns
    base = .allocate(capacity: max(capacity * columns, 1))
    base.initialize(repeating: 0, count: max(capacity * columns, 1))
  }

  deinit { base.deallocate() }

  /// Whether another row would not fit.
  public var isFull: Bool { count == capacity }

  /// Appends a row of zeros and lets `fill` write it. The block must not be full.
  @inline(__always)
  public mutating func append(_ fill: (inout MutableSpan<Double>) -> Void) {
    precondition(count < capacity)
    let row = base + count * columns
    row.update(repeating: 0, count: columns)
    var span = MutableSpan(_unsafeStart: row, count: columns)
    fill(&span)
    count += 1
  }

  /// Forgets the rows.
  public mutating func removeAll() { count = 0 }

  /// The element at `row` and `column`, which are checked.
  public subscript(row: Int, column: Int) -> Double {
    precondition(row >= 0 && row < count && column >= 0 && column < columns)
    return base[row * columns + column]
  }

  /// Adds `Xᵀ y` to the vector (`columns`), for the rows X and one weight a row (BLAS 2).
  public func addTransposedProduct(with weights: [Double], to vector: inout Vector) {
    precondition(weights.count == count && vector.count == columns)
    guard count > 0, columns > 0 else { return }
    _ = OpenBLAS.singleThreaded
    cblas_dgemv(
      CblasRowMajor, CblasTrans, Int32(count), Int32(columns), 1, base, Int32(columns), weights, 1, 1, vector.base, 1)
  }

  /// The product of each row with the vector, one number a row (BLAS 2).
  public func products(with vector: borrowing Vector) -> [Double] {
    precondition(vector.count == columns)
    var result = [Double](repeating: 0, count: count)
    guard count > 0, columns > 0 else { return result }
    _ = OpenBLAS.singleThreaded
    cblas_dgemv(
      CblasRowMajor, CblasNoTrans, Int32(count), Int32(columns), 1, base, Int32(columns), vector.base, 1, 0, &result, 1)
    return result
  }
}
