internal import Outcomes

/// Settles the propensity of each row, and keeps count of how it was known.
struct PropensityResolver {
  private let arms: Int
  private var leastLogged: [Double] = []
  private var estimated: [Double] = []
  private var isChanged: [Bool] = []
  private(set) var counts = PropensityCounts()

  init(arms: Int) { self.arms = arms }

  /// Takes the cell of the next number in.
  mutating func append(_ cell: CellPropensities) {
    leastLogged += cell.leastLogged
    estimated += cell.estimated
    isChanged.append(cell.isChanged)
  }

  /// μ of a row; nil where the row has no weight.
  @inline(__always)
  mutating func propensity(of outcome: Outcome) -> Double? {
    let pair = outcome.cell * arms + outcome.arm
    if isChanged[outcome.cell] {
      counts.changed += 1
      if case .logged = outcome.propensity { counts.changedLogged += 1 }
    }
    switch outcome.propensity {
    case .logged(let value): return accept(value, from: leastLogged[pair], \.logged)
    case .deterministic: return accept(1, from: leastLogged[pair], \.deterministic)
    case .unknown:
      guard estimated[pair] > 0 else { return reject(\.belowLeast) }
      return accept(estimated[pair], from: 0, \.estimated)
    case .invalid: return reject(\.invalid)
    }
  }

  @inline(__always)
  private mutating func accept(
    _ value: Double, from least: Double, _ kind: WritableKeyPath<PropensityCounts, Int>
  ) -> Double? {
    guard value >= least else { return reject(\.belowLeast) }
    counts[keyPath: kind] += 1
    return value
  }

  @inline(__always)
  private mutating func reject(_ kind: WritableKeyPath<PropensityCounts, Int>) -> Double? {
    counts[keyPath: kind] += 1
    return nil
  }
}
