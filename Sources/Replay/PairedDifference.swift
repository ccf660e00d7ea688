internal import Glibc

/// The sums of a paired difference of two policies' scores, from which every interval of its mean follows.
public struct PairedDifference: Sendable {
  /// The moments over rows.
  public let rows: Moments
  /// The weighted sums of each group of agents.
  public let groupSums: [Double]
  /// The weights of each group of agents; 0 of a group without a row.
  public let groupWeights: [Double]
  /// What a row's weighted difference can be, known before the rows were seen; nil where nothing bounds it.
  public let range: ClosedRange<Double>?

  /// The variance of the mean that the fit expects; nil where no fit says.
  public let expectedVariance: Double?
  /// The candidate's effective sample size, in rows.
  public let effectiveRows: Double
  /// What the mean may be wrong by, for it rests on models that no row of the log speaks of; more rows do not lessen it.
  public let unseenError: Double

  /// How many rows the variance that the fit expects counts for, beside the effective rows.
  static let expectedRows = 200.0

  /// Gathers the sums.
  public init(
    rows: Moments, groupSums: [Double], groupWeights: [Double], range: ClosedRange<Double>? = nil,
    expectedVariance: Double? = nil, effectiveRows: Double = 0, unseenError: Double = 0
  ) {
    self.rows = rows
    self.groupSums = groupSums
    self.groupWeights = groupWeights
    self.range = range
    self.expectedVariance = expectedVariance
    self.effectiveRows = effectiveRows
    self.unseenError = unseenError
  }

  /// The estimate, which is the mean over rows.
  public var mean: Double { rows.mean }

  /// Whether no row differs at all, so that there is nothing to be unsure of.
  var isIdentical: Bool { rows.count > 0 && rows.sumOfSquares == 0 }

  /// How many groups have rows.
  public var groups: Int { groupWeights.count { $0 > 0 } }

  /// `(Σw_g)²/Σw_g²` over groups, which is their number where all are equally busy (Kish 1965).
  public var effectiveGroups: Double {
    let squares = groupWeights.reduce(0.0) { $0 + $1 * $1 }
    return squares > 0 ? rows.weight * rows.weight / squares : 0
  }

  /// The jackknife's standard error, `√((G-1)/G Σ_g (s_g - w_g·mean)²/(W - w_g)²)`, which stays honest where a few groups
  /// have most of the rows (MacKinnon, Nielsen, Webb 2023, equation 21, CV3); 0 of fewer than two groups.
  public var clusteredStandardError: Double {
    let count = groups
    guard count > 1 else { return 0 }
    let mean = mean
    let squares = groupSums.indices.reduce(0.0) { sum, group in
      guard groupWeights[group] > 0 else { return sum }
      let residual = (groupSums[group] - groupWeights[group] * mean) / (rows.weight - groupWeights[group])
      return sum + residual * residual
    }
    return (squares * Double(count - 1) / Double(count)).squareRoot()
  }

  /// The standard error that intervals over groups rest on.
  ///
  /// Where few rows carry the weight, they seldom show the failures that would tell of their variance, and a lucky
  /// estimate comes with a small error. So the variance that the fit expects, where it is the greater, counts as 200
  /// rows beside the effective ones. Where no row of the log speaks of a model in a task, the estimate is the fit's alone,
  /// and what that may be wrong by is added.
  public var standardError: Double {
    let shown = clusteredStandardError
    let square = shown * shown + unseenError * unseenError
    guard let expectedVariance else { return square.squareRoot() }
    let share = PairedDifference.expectedRows / (PairedDifference.expectedRows + effectiveRows)
    let missing = expectedVariance - rows.standardError * rows.standardError
    return (square + max(share * missing, 0)).squareRoot()
  }

  /// Student's quantile by which a bound with this error on one side lies from the mean, in standard errors.
  func studentTQuantile(error: Double) -> Double {
    -StudentTDistribution(degreesOfFreedom: max(effectiveGroups - 1, 1)).quantile(error)
  }

  /// How far below the mean, or above it, Student's t puts the bound with this error on one side.
  public func studentTMargin(error: Double) -> Double {
    if isIdentical { return 0 }
    return groups > 1 ? studentTQuantile(error: error) * standardError : .infinity
  }

  /// How far below the mean, or above it, the normal approximation puts the bound.
  public func normalMargin(error: Double) -> Double {
    if isIdentical { return 0 }
    guard rows.count > 1 else { return .infinity }
    return -NormalDistribution.quantile(error) * rows.standardError
  }

  /// How far below the mean, or above it, the empirical Bernstein bound lies: `√(2V ln(2/δ)/n) + 7R ln(2/δ)/(3(n-1))`
  /// for rows within a range of width R.
  public func empiricalBernsteinMargin(error: Double) -> Double {
    guard rows.count > 1, let range else { return .infinity }
    let count = Double(rows.count)
    let logarithm = log(2 / error)
    let width = range.upperBound - range.lowerBound
    return (2 * rows.variance * logarithm / count).squareRoot() + 7 * width * logarithm / (3 * (count - 1))
  }
}
