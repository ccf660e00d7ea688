internal import Outcomes

/// Settles the propensity of each row, and keeps count of how it was known.
struct PropensityResolver {
  private var leastLogged: SharedVectors
  private var estimated: SharedVectors
  private var isChanged: [Bool] = []
  private(set) var counts = PropensityCounts()

  init(arms: Int) {
    leastLogged = SharedVectors(width: arms)
    estimated = SharedVectors(width: arms)
  }

  /// Takes the cell of the next number in.
  mutating func append(_ cell: CellPropensities) {
    leastLogged.append(cell.leastLogged)
    estimated.append(cell.estimated)
    isChanged.append(cell.isChanged)
  }

  /// μ of a row; nil where the row has no weight.
  @inline(__always)
  mutating func propensity(of outcome: Outcome) -> Double? {
    let (cell, arm) = (outcome.cell, outcome.arm)
    if isChanged[outcome.cell] {
      counts.changed += 1
      if case .logged = outcome.propensity { counts.changedLogged += 1 }
    }
    switch outcome.propensity {
    case .logged(let value): return accept(value, from: leastLogged[cell, arm], \.logged)
    case .deterministic: return accept(1, from: leastLogged[cell, arm], \.deterministic)
    case .unknown:
      guard estimated[cell, arm] > 0 else { return reject(\.belowLeast) }
      return accept(estimated[cell, arm], from: 0, \.estimated)
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
