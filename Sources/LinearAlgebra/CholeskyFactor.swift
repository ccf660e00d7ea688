internal import COpenBLAS
internal import Glibc

/// The factor L of a symmetric positive definite matrix `A = L Lᵀ`, with one owner.
public struct CholeskyFactor: ~Copyable {
  private let factor: SymmetricMatrix

  /// The order of the matrix that was factored.
  public var order: Int { factor.order }

  /// Factors the matrix in place (LAPACK, `dpotrf`).
  ///
  /// LAPACK answers a NaN with a NaN factor and no error, so input and factor are both checked.
  /// - Throws: `LinearAlgebraError` with `name` when an element is not finite or the matrix is not positive definite.
  public init(_ matrix: consuming SymmetricMatrix, name: String) throws(LinearAlgebraError) {
    for row in 0..<matrix.order {
      for column in 0...row where !matrix[row, column].isFinite {
        throw .notFinite(name: name, row: row, column: column, value: "\(matrix[row, column])")
      }
    }
    if matrix.order > 0 {
      _ = OpenBLAS.singleThreaded
      let order = labs_cholesky_row_major_lower(Int32(matrix.order), matrix.base)
      if order != 0 { throw .notPositiveDefinite(name: name, order: Int(order)) }
      for row in 0..<matrix.order where !matrix[row, row].isFinite {
        throw .notFinite(name: name, row: row, column: row, value: "\(matrix[row, row])")
      }
    }
    factor = matrix
  }

  /// `ln|A| = 2 Σ ln L_ii`; 0 of the matrix of order 0.
  public var logDeterminant: Double { 2 * (0..<order).reduce(0.0) { $0 + log(factor[$1, $1]) } }

  /// Replaces the vector b by the solution of `A x = b`.
  public func solve(_ vector: inout Vector) {
    precondition(vector.count == order)
    guard order > 0 else { return }
    let n = Int32(order)
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, factor.base, n, vector.base, 1)
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, n, factor.base, n, vector.base, 1)
  }

  /// The squared lengths `xᵀ A⁻¹ x` of the rows x, which are replaced by `L⁻¹ x` (BLAS 3, `dtrsm`).
  public func squaredLengths(of rows: inout RowBlock) -> [Double] {
    precondition(rows.columns == order)
    guard order > 0, rows.count > 0 else { return [Double](repeating: 0, count: rows.count) }
    let n = Int32(order)
    cblas_dtrsm(
      CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, Int32(rows.count), n, 1, factor.base, n,
      rows.base, n)
    return (0..<rows.count).map { row in
      let start = rows.base + row * rows.columns
      return cblas_ddot(n, start, 1, start, 1)
    }
  }
}
