/// The sums of numbers and of their weights that a weighted mean and its standard error need.
public struct Moments: Sendable, Equatable {
  /// How many numbers.
  public private(set) var count = 0
  /// `Σ w`, which is the count where every weight is 1.
  public private(set) var weight = 0.0
  /// `Σ w x`.
  public private(set) var sum = 0.0
  /// `Σ w²`.
  public private(set) var squaredWeight = 0.0
  /// `Σ w x²`.
  public private(set) var weightedSquares = 0.0
  private var crossed = 0.0
  private var squares = 0.0

  /// The moments of no numbers.
  public init() {}

  /// Adds a number.
  @inline(__always)
  public mutating func add(_ value: Double, weight added: Double = 1) {
    let weighted = added * value
    count += 1
    weight += added
    sum += weighted
    squaredWeight += added * added
    weightedSquares += weighted * value
    crossed += added * weighted
    squares += weighted * weighted
  }

  /// Adds other numbers.
  public mutating func merge(_ other: Moments) {
    count += other.count
    weight += other.weight
    sum += other.sum
    squaredWeight += other.squaredWeight
    weightedSquares += other.weightedSquares
    crossed += other.crossed
    squares += other.squares
  }

  /// The moments of all numbers, where these are the ones that are not 0.
  func among(_ all: Moments) -> Moments {
    var result = self
    result.count = all.count
    result.weight = all.weight
    result.squaredWeight = all.squaredWeight
    return result
  }

  /// The weighted mean; 0 of no numbers.
  public var mean: Double { weight > 0 ? sum / weight : 0 }

  /// `Σ w² x²`.
  public var sumOfSquares: Double { squares }

  /// The sample variance (divided by n - 1) of what each number adds to the mean, times n; the plain sample variance
  /// where every weight is 1. 0 of fewer than two numbers.
  public var variance: Double {
    guard count > 1, weight > 0 else { return 0 }
    let mean = mean
    let scale = Double(count) / weight
    let centred = max(squares - 2 * mean * crossed + mean * mean * squaredWeight, 0)
    return scale * scale * centred / Double(count - 1)
  }

  /// `(Σw)²/Σw²` (Kish 1965), in numbers.
  public var effectiveCount: Double { squaredWeight > 0 ? weight * weight / squaredWeight : 0 }

  /// `Σ w x²/Σ w` less the square of the mean: the variance of one number, whatever its weight; 0 of no numbers.
  public var spread: Double { weight > 0 ? max(weightedSquares / weight - mean * mean, 0) : 0 }

  /// The standard error of the mean, taking numbers as independent; 0 of fewer than two numbers.
  public var standardError: Double { count > 1 ? (variance / Double(count)).squareRoot() : 0 }
}
