/// A count, a sum and a sum of squares.
public struct Moments: Sendable, Equatable {
  /// How many numbers.
  public private(set) var count = 0
  /// Their sum.
  public private(set) var sum = 0.0
  /// The sum of their squares.
  public private(set) var squares = 0.0

  /// The moments of no numbers.
  public init() {}

  init(count: Int, sum: Double, squares: Double) {
    self.count = count
    self.sum = sum
    self.squares = squares
  }

  /// Adds a number.
  @inline(__always)
  public mutating func add(_ value: Double) {
    count += 1
    sum += value
    squares += value * value
  }

  /// Adds other numbers.
  public mutating func merge(_ other: Moments) {
    count += other.count
    sum += other.sum
    squares += other.squares
  }

  /// The mean; 0 of no numbers.
  public var mean: Double { count > 0 ? sum / Double(count) : 0 }

  /// The standard error of the mean, `sd/√n` with the sample variance (n - 1); 0 of fewer than two numbers.
  public var standardError: Double {
    guard count > 1 else { return 0 }
    let variance = max(squares - sum * sum / Double(count), 0) / Double(count - 1)
    return (variance / Double(count)).squareRoot()
  }
}
