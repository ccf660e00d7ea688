import LinearAlgebra
import Testing

@Suite struct CholeskyFactorTests {
  @Test("the solution of A x = b, multiplied by A, is b", arguments: [1, 2, 7, 40])
  func solves(order: Int) throws {
    var matrix = SymmetricMatrix(zeros: order)
    var copy = SymmetricMatrix(zeros: order)
    for row in 0..<order {
      for column in 0...row {
        let value = row == column ? Double(order + row) : 1 / Double(1 + row + column)
        matrix[row, column] = value
        copy[row, column] = value
      }
    }
    let right = (0..<order).map { Double($0) - 1.5 }
    var vector = Vector(right)
    try CholeskyFactor(matrix, name: "A").solve(&vector)
    for row in 0..<order {
      let product = (0..<order).reduce(0.0) { $0 + copy[row, $1] * vector[$1] }
      #expect(abs(product - right[row]) < 1e-10)
    }
  }

  @Test("a matrix that is not positive definite is an error with its name and order")
  func refusesIndefinite() {
    var matrix = SymmetricMatrix(zeros: 2)
    matrix[0, 0] = 1
    matrix[1, 0] = 2
    matrix[1, 1] = 1
    let error = CholeskyFactorTests.failure(matrix)
    #expect(error == .notPositiveDefinite(name: "A", order: 2))
  }

  @Test("an element that is not finite is an error with its place", arguments: [Double.nan, .infinity, -.infinity])
  func refusesNonFinite(value: Double) {
    var matrix = SymmetricMatrix(zeros: 2)
    matrix[0, 0] = 1
    matrix[1, 1] = 1
    matrix[1, 0] = value
    let error = CholeskyFactorTests.failure(matrix)
    #expect(error == .notFinite(name: "A", row: 1, column: 0, value: "\(value)"))
  }

  private static func failure(_ matrix: consuming SymmetricMatrix) -> LinearAlgebraError? {
    do throws(LinearAlgebraError) {
      _ = try CholeskyFactor(matrix, name: "A")
      return nil
    } catch {
      return error
    }
  }

  @Test("the Gram matrix of rows added in blocks is that of all rows")
  func addsBlocks() {
    var whole = RowBlock(capacity: 6, columns: 3)
    var parts = SymmetricMatrix(zeros: 3)
    for half in 0..<2 {
      var block = RowBlock(capacity: 3, columns: 3)
      for row in 0..<3 {
        let fill: (inout MutableSpan<Double>) -> Void = { span in
          for column in 0..<3 { span[column] = Double((half * 3 + row) * (column + 1) % 5) }
        }
        block.append(fill)
        whole.append(fill)
      }
      parts.addGram(of: block)
    }
    var all = SymmetricMatrix(zeros: 3)
    all.addGram(of: whole)
    #expect(all.lowerTriangle == parts.lowerTriangle)
  }
}
