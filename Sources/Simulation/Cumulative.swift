/// Draws an index in proportion to weights, in the logarithm of their number.
struct Cumulative: Sendable {
  private let sums: [Double]

  init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    var sum = 0.0
    sums = weights.map {
      sum += $0 / total
      return sum
    }
  }

  /// The index at a place in [0,1).
  func index(at place: Double) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > place { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
