/// How many rows have which weight ρ in a policy's replay, by powers of two.
public struct WeightHistogram: Sendable, Equatable {
  private static let least = -3
  private static let most = 9

  /// The rows of weight 0, for the policy never does what was done there.
  public private(set) var zero = 0
  private var counts = [Int](repeating: 0, count: most - least + 1)

  /// The rows of each power of two: those of a weight above half of `upTo` and at most `upTo`; the first has all below,
  /// and the last all above.
  public var bins: [(upTo: Double, rows: Int)] {
    counts.enumerated().map { number, rows in
      let power = number + WeightHistogram.least
      return (power < 0 ? 1 / Double(1 << -power) : Double(1 << power), rows)
    }
  }

  @inline(__always)
  mutating func add(_ weight: Double) {
    guard weight > 0 else {
      zero += 1
      return
    }
    // The exponent is of the power of two at or below; only a power of two itself belongs to its own bin.
    let power = Int(weight.exponent) + (weight.significand > 1 ? 1 : 0)
    counts[min(max(power, WeightHistogram.least), WeightHistogram.most) - WeightHistogram.least] += 1
  }

  mutating func merge(_ other: WeightHistogram) {
    zero += other.zero
    for bin in counts.indices { counts[bin] += other.counts[bin] }
  }
}
