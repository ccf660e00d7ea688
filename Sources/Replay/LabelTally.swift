public import Outcomes

/// What the labels of rows look like: whether they vary, and which models got nothing but the lowest score.
public struct LabelTally: Sendable {
  private(set) var least = Double.infinity
  private(set) var most = -Double.infinity
  private var succeeded: [Int]
  private var rewards: [Double]

  /// Makes the tally of no rows.
  public init(arms: Int) {
    succeeded = Array(repeating: 0, count: arms)
    rewards = Array(repeating: 0, count: arms)
  }

  /// Adds a row.
  @inline(__always)
  public mutating func add(_ outcome: Outcome) {
    least = min(least, outcome.reward)
    most = max(most, outcome.reward)
    guard outcome.succeeded else { return }
    succeeded[outcome.arm] += 1
    rewards[outcome.arm] += outcome.reward
  }

  /// Adds the labels of other rows.
  public mutating func merge(_ other: LabelTally) {
    least = min(least, other.least)
    most = max(most, other.most)
    for arm in succeeded.indices {
      succeeded[arm] += other.succeeded[arm]
      rewards[arm] += other.rewards[arm]
    }
  }

  /// Whether two rewards differ.
  public var varies: Bool { most > least }

  /// The arms with this many succeeded rows or more whose rewards are all exactly 0, with the number of those rows.
  public func worthless(rows: Int) -> [(arm: Int, rows: Int)] {
    succeeded.indices.filter { succeeded[$0] >= rows && rewards[$0] == 0 }.map { ($0, succeeded[$0]) }
  }
}
