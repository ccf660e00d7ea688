/// The first and second moments of row scores, from which all estimates of one policy and one quantity follow.
struct EstimatorSums: Sendable {
  private typealias Part = RowScore.Part

  /// An estimator as a sum of means and a ratio of means.
  private struct Formula {
    var means: [Part] = []
    var ratio: (numerator: Part, denominator: Part)?
  }

  private var count = 0
  private var weight = 0.0
  private var squaredWeight = 0.0
  private var sums = SIMD16<Double>.zero
  /// `Σ w² x xᵀ`, row after row.
  private var products = InlineArray<11, SIMD16<Double>>(repeating: .zero)

  @inline(__always)
  mutating func add(_ score: RowScore, weight added: Double) {
    count += 1
    weight += added
    squaredWeight += added * added
    let scaled = added * score.vector
    sums += scaled
    for row in 0..<RowScore.parts { products[row] += scaled[row] * scaled }
  }

  mutating func merge(_ other: EstimatorSums) {
    count += other.count
    weight += other.weight
    squaredWeight += other.squaredWeight
    sums += other.sums
    for product in products.indices { products[product] += other.products[product] }
  }

  /// The estimate; nil where there is no row, or a ratio's denominator is 0, for then nothing can be told.
  ///
  /// The standard error of a ratio is that of its linear part (delta method: Owen 2013, section 9.2, equation 9.8).
  func estimate(_ estimator: Estimator) -> ValueEstimate? {
    guard weight > 0 else { return nil }
    let formula = EstimatorSums.formula(estimator)
    var value = 0.0
    var influence = [Double](repeating: 0, count: RowScore.parts)
    for part in formula.means {
      value += mean(part)
      influence[part.rawValue] += 1
      influence[Part.one.rawValue] -= mean(part)
    }
    if let (numerator, denominator) = formula.ratio {
      guard mean(denominator) > 0 else { return nil }
      let ratio = mean(numerator) / mean(denominator)
      value += ratio
      influence[numerator.rawValue] += 1 / mean(denominator)
      influence[denominator.rawValue] -= ratio / mean(denominator)
    }
    return ValueEstimate(value: value, standardError: standardError(influence))
  }

  private func mean(_ part: Part) -> Double { sums[part.rawValue] / weight }

  private func standardError(_ influence: [Double]) -> Double {
    guard count > 1 else { return 0 }
    var square = 0.0
    for row in 0..<RowScore.parts where influence[row] != 0 {
      for column in 0..<RowScore.parts { square += influence[row] * influence[column] * products[row][column] }
    }
    return (max(square, 0) * Double(count) / Double(count - 1)).squareRoot() / weight
  }

  private static func formula(_ estimator: Estimator) -> Formula {
    switch estimator {
    case .directMethod: Formula(means: [.direct])
    case .ips: Formula(means: [.weightedOutcome])
    case .snips: Formula(ratio: (.weightedOutcome, .weight))
    case .doublyRobust: Formula(means: [.direct, .weightedResidual])
    case .selfNormalizedDoublyRobust: Formula(means: [.direct], ratio: (.weightedResidual, .weight))
    case .switchDoublyRobust: Formula(means: [.direct, .switchedResidual])
    case .shrunkDoublyRobust: Formula(means: [.direct, .shrunkResidual])
    case .clippedIPS: Formula(means: [.clippedOutcome])
    case .clippedDoublyRobust: Formula(means: [.direct, .clippedResidual])
    case .replay: Formula(ratio: (.expectedOutcome, .probability))
    }
  }
}
