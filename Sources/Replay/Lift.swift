/// How much better the candidate is than the incumbent: the paired difference of their doubly robust scores.
public struct Lift: Sendable, Equatable {
  /// The estimate.
  public let mean: Double
  /// The standard deviation of the bootstrap's draws.
  public let standardError: Double
  /// The bound that the lift is above with confidence `1 - (1 - level)/2`.
  public let lower: Double
  /// The bound that the lift is below with the same confidence.
  public let upper: Double
  /// The confidence of the interval from `lower` to `upper`.
  public let level: Double
  /// The bound that the lift is above with confidence `level`.
  public let oneSidedLower: Double
  /// The bound that the lift is below with confidence `level`.
  public let oneSidedUpper: Double

  /// The lift of a quantity, with its cluster bootstrap at level `alpha`.
  public init(_ replay: PairedReplay, _ quantity: Quantity, alpha: Double, draws: Int, seed: UInt64) {
    let bootstrap = ClusterBootstrap(
      groupSums: replay.groupSums[quantity.rawValue], groupRows: replay.groupRows, draws: draws, seed: seed)
    mean = replay.differences[quantity.rawValue].mean
    standardError = bootstrap.standardError
    level = 1 - alpha
    lower = bootstrap.lower(level: alpha / 2)
    upper = bootstrap.upper(level: alpha / 2)
    oneSidedLower = bootstrap.lower(level: alpha)
    oneSidedUpper = bootstrap.upper(level: alpha)
  }
}
