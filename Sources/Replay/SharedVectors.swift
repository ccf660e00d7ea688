/// A vector for each cell, of one number an arm as a rule, kept once however many cells have it: of a policy's probabilities
/// there are few, whatever the number of cells.
struct SharedVectors: Sendable, Equatable {
  /// How many vectors are looked for among those that are there; where there are more, cells hardly share any.
  private static let mostShared = 4096

  private let width: Int
  private var values: [Double] = []
  private var vectors: [Int32] = []
  private var numbers: [[Double]: Int32] = [:]

  init(width: Int) { self.width = width }

  /// How many cells there are.
  var count: Int { vectors.count }

  /// Adds the vector of the next cell.
  mutating func append(_ vector: [Double]) {
    precondition(vector.count == width)
    if let number = numbers[vector] {
      vectors.append(number)
      return
    }
    let number = Int32(width > 0 ? values.count / width : 0)
    if numbers.count < SharedVectors.mostShared { numbers[vector] = number }
    vectors.append(number)
    values += vector
  }

  /// A number of a cell's vector.
  @inline(__always)
  subscript(cell: Int, place: Int) -> Double { values[Int(vectors[cell]) * width + place] }

  /// A cell's vector.
  subscript(cell: Int) -> ArraySlice<Double> {
    let start = Int(vectors[cell]) * width
    return values[start..<start + width]
  }
}

/// Arrays that are equal, as one array.
struct SharedArrays: Sendable {
  private static let most = 4096

  private var arrays: [[Double]: [Double]] = [:]

  /// The array that stands for all that are equal to this one.
  mutating func shared(_ array: [Double]) -> [Double] {
    if let known = arrays[array] { return known }
    if arrays.count < SharedArrays.most { arrays[array] = array }
    return array
  }
}
