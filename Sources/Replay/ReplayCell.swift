/// What replay knows of one cell before it sees its rows.
public struct ReplayCell: Sendable {
  /// The candidate's probability of each arm.
  public var candidate: [Double]
  /// The incumbent's probability of each arm.
  public var incumbent: [Double]
  /// What training expects of each arm: for each quantity, one number an arm.
  public var expected: [[Double]]
  /// The share of calls of each arm that training expects to fail, in [0,1].
  public var expectedFailure: [Double]
  /// Whether the two policies' picks differ.
  public var isChanged: Bool
  /// The candidate's pick.
  public var pick: Int?
  /// The variance that training expects of a row's lift in each quantity: `Σ_a (π - π₀)² E(y - q̂)² · mean(1/μ)`; nil
  /// where no training says.
  public var variances: [Double]?
  /// What a row's lift in each quantity may be wrong by, for models of which no row has weight: `Σ_a |π - π₀| √E(y - q̂)²`
  /// over these.
  public var unseenErrors: [Double]
  /// Whether rows of each arm have any weight.
  public var isReplayed: [Bool]

  /// Makes a cell.
  public init(
    candidate: [Double], incumbent: [Double], expected: [[Double]], isChanged: Bool, pick: Int?,
    variances: [Double]? = nil, isReplayed: [Bool]? = nil, expectedFailure: [Double]? = nil,
    unseenErrors: [Double]? = nil
  ) {
    precondition(expected.count == Quantity.allCases.count)
    self.candidate = candidate
    self.incumbent = incumbent
    self.expected = expected
    self.expectedFailure = expectedFailure ?? Array(repeating: 0, count: candidate.count)
    self.isChanged = isChanged
    self.pick = pick
    self.variances = variances
    self.unseenErrors = unseenErrors ?? Quantity.allCases.map { _ in 0 }
    self.isReplayed = isReplayed ?? Array(repeating: true, count: candidate.count)
  }
}
