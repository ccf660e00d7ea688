/// The sums that stand for the training rows: what a fit needs and nothing else.
///
/// Sums are kept of rewards as they are, not centred, so that they stay exact for rewards and weights on a dyadic grid:
/// then neither the order of the rows nor the way they were split changes a bit of them. Memory is proportional to
/// cells × arms.
public struct Statistics: Sendable, Codable, Equatable {
  /// The number of arms.
  public let arms: Int
  /// The number of shared features that vary within a cell.
  public let varying: Int
  /// The number of cells.
  public private(set) var cells = 0
  /// Rows, `cells × arms`.
  public private(set) var counts: [Int32] = []
  /// `Σ w`, `cells × arms`.
  public private(set) var weights: [Double] = []
  /// `Σ w r`, `cells × arms`.
  public private(set) var rewards: [Double] = []
  /// `Σ w v`, `cells × arms × varying`.
  public private(set) var sums: [Double] = []
  /// `Σ w v vᵀ`, for each arm the lower triangle row after row.
  public private(set) var grams: [[Double]]
  /// `Σ w v r`, `arms × varying`.
  public private(set) var moments: [Double]
  /// `Σ w r²` of each arm.
  public private(set) var squares: [Double]

  /// Makes the statistics of no rows.
  public init(arms: Int, varying: Int = 0) {
    self.arms = arms
    self.varying = varying
    grams = Array(repeating: Array(repeating: 0, count: varying * (varying + 1) / 2), count: arms)
    moments = Array(repeating: 0, count: arms * varying)
    squares = Array(repeating: 0, count: arms)
  }

  mutating func reserve(cell: Int) {
    guard cell >= cells else { return }
    let added = cell + 1 - cells
    counts.append(contentsOf: repeatElement(0, count: added * arms))
    weights.append(contentsOf: repeatElement(0, count: added * arms))
    rewards.append(contentsOf: repeatElement(0, count: added * arms))
    sums.append(contentsOf: repeatElement(0, count: added * arms * varying))
    cells = cell + 1
  }

  @inline(__always)
  mutating func add(cell: Int, arm: Int, weight: Double, reward: Double) {
    let pair = cell * arms + arm
    counts[pair] += 1
    weights[pair] += weight
    rewards[pair] += weight * reward
    squares[arm] += weight * reward * reward
  }

  @inline(__always)
  mutating func addVarying(pair: Int, feature: Int, weightedValue: Double) {
    sums[pair * varying + feature] += weightedValue
  }

  mutating func addGram(arm: Int, lowerTriangle: [Double], moment: [Double]) {
    for index in lowerTriangle.indices { grams[arm][index] += lowerTriangle[index] }
    for index in moment.indices { moments[arm * varying + index] += moment[index] }
  }

  /// Adds the statistics of other rows over the same arms, features and numbering of cells.
  public mutating func merge(_ other: Statistics) {
    precondition(arms == other.arms && varying == other.varying)
    if other.cells > 0 { reserve(cell: other.cells - 1) }
    for pair in 0..<other.cells * arms {
      counts[pair] += other.counts[pair]
      weights[pair] += other.weights[pair]
      rewards[pair] += other.rewards[pair]
    }
    for index in other.sums.indices { sums[index] += other.sums[index] }
    for arm in 0..<arms {
      squares[arm] += other.squares[arm]
      let moment = Array(other.moments[arm * varying..<(arm + 1) * varying])
      addGram(arm: arm, lowerTriangle: other.grams[arm], moment: moment)
    }
  }

  /// The rows of a cell over all arms.
  public func rows(cell: Int) -> Int {
    counts[cell * arms..<(cell + 1) * arms].reduce(0) { $0 + Int($1) }
  }

  /// The statistics with each varying feature `v` replaced by `(v - mean) / scale`.
  func standardized(by scales: [Standardization]) -> Statistics {
    precondition(scales.count == varying)
    var result = self
    for arm in 0..<arms {
      var total = [Double](repeating: 0, count: varying)
      var weight = 0.0
      var reward = 0.0
      for cell in 0..<cells {
        let pair = cell * arms + arm
        weight += weights[pair]
        reward += rewards[pair]
        for feature in 0..<varying {
          total[feature] += sums[pair * varying + feature]
          result.sums[pair * varying + feature] =
            (sums[pair * varying + feature] - scales[feature].mean * weights[pair]) / scales[feature].scale
        }
      }
      var index = 0
      for row in 0..<varying {
        for column in 0...row {
          let (a, b) = (scales[row], scales[column])
          result.grams[arm][index] =
            (grams[arm][index] - a.mean * total[column] - b.mean * total[row] + a.mean * b.mean * weight)
            / (a.scale * b.scale)
          index += 1
        }
        let moment = arm * varying + row
        result.moments[moment] = (moments[moment] - scales[row].mean * reward) / scales[row].scale
      }
    }
    return result
  }

  /// The weighted mean and standard deviation of each varying feature over all rows.
  func standardizations() -> [Standardization] {
    let weight = weights.reduce(0, +)
    return (0..<varying).map { feature in
      guard weight > 0 else { return Standardization(mean: 0, scale: 1) }
      let total = stride(from: feature, to: sums.count, by: varying).reduce(0) { $0 + sums[$1] }
      let diagonal = (feature + 1) * (feature + 2) / 2 - 1
      let square = grams.reduce(0) { $0 + $1[diagonal] }
      let mean = total / weight
      let variance = square / weight - mean * mean
      return Standardization(mean: mean, scale: variance > 1e-12 ? variance.squareRoot() : 1)
    }
  }
}
