/// The sums from which the estimates of one policy and one quantity follow.
struct ValueSums: Sendable {
  private var direct = 0.0
  private var weighted = 0.0
  private var doublyRobust = 0.0
  private var doublyRobustSquared = 0.0

  @inline(__always)
  mutating func add(direct value: Double, weightedOutcome: Double, doublyRobust score: Double) {
    direct += value
    weighted += weightedOutcome
    doublyRobust += score
    doublyRobustSquared += score * score
  }

  func estimate(_ estimator: Estimator, rows: Int, totalWeight: Double) -> Double {
    guard rows > 0 else { return 0 }
    switch estimator {
    case .directMethod: return direct / Double(rows)
    case .ips: return weighted / Double(rows)
    case .snips: return totalWeight > 0 ? weighted / totalWeight : 0
    case .doublyRobust: return doublyRobust / Double(rows)
    }
  }

  func standardError(rows: Int) -> Double {
    Moments(count: rows, sum: doublyRobust, squares: doublyRobustSquared).standardError
  }
}
