internal import Replay

/// A mean over seeds with its 95 % interval, Student's t over seeds as independent.
struct SeedMean: Encodable, Sendable {
  let mean: Double
  /// Half of the interval's width; 0 of one seed.
  let margin: Double
  let seeds: Int

  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    seeds = values.count
    margin =
      values.count < 2
      ? 0
      : StudentTDistribution(degreesOfFreedom: count - 1).quantile(0.975) * (squares / (count - 1) / count).squareRoot()
  }
}
