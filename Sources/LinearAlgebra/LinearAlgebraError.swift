/// What can be wrong with a matrix or vector, with its name.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// An element of the named matrix or vector is a NaN or an infinity.
  case notFinite(name: String, row: Int, column: Int, value: String)
  /// The leading minor of this order of the named matrix is not positive.
  case notPositiveDefinite(name: String, order: Int)

  /// One sentence that names the matrix and the number.
  public var description: String {
    switch self {
    case .notFinite(let name, let row, let column, let value):
      "\(name) is not finite: element (\(row), \(column)) is \(value)"
    case .notPositiveDefinite(let name, let order):
      "\(name) is not positive definite: its leading minor of order \(order) is not positive"
    }
  }
}
