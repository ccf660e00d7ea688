internal import COpenBLAS

/// A symmetric `order × order` matrix with one owner, stored row-major by its lower triangle.
public struct SymmetricMatrix: ~Copyable {
  let base: UnsafeMutablePointer<Double>
  /// The number of rows, and of columns.
  public let order: Int

  /// Makes a matrix of zeros.
  public init(zeros order: Int) {
    precondition(order >= 0)
    self.order = order
    base = .allocate(capacity: max(order * order, 1))
    base.initialize(repeating: 0, count: max(order * order, 1))
  }

  deinit { base.deallocate() }

  /// The element at `row` and `column`, which are checked; either triangle.
  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < order && column >= 0 && column < order)
      return base[max(row, column) * order + min(row, column)]
    }
    set {
      precondition(row >= 0 && row < order && column >= 0 && column < order)
      base[max(row, column) * order + min(row, column)] = newValue
    }
  }

  /// Adds `scale · XᵀX` for the rows X of the block (BLAS 3, `dsyrk`).
  public mutating func addGram(of rows: borrowing RowBlock, scale: Double = 1) {
    precondition(rows.columns == order)
    guard rows.count > 0, order > 0 else { return }
    _ = OpenBLAS.singleThreaded
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, Int32(order), Int32(rows.count), scale, rows.base, Int32(order), 1, base,
      Int32(order))
  }

  /// Adds `value` to each element of the diagonal.
  public mutating func addToDiagonal(_ value: Double) {
    for index in 0..<order { self[index, index] += value }
  }

  /// The lower triangle, row after row: `order · (order + 1) / 2` numbers.
  public var lowerTriangle: [Double] {
    (0..<order).flatMap { row in (0...row).map { column in self[row, column] } }
  }
}
