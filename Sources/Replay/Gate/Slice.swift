public import Outcomes

/// A part of the traffic in which a change might do harm: a task, a band, both, a cell, or a third of the time.
public struct Slice: Sendable, Equatable {
  /// What the slice is of: `task=code`, `task=code band=cost`.
  public let name: String
  /// The holdout rows.
  public let rows: Int
  /// The lift in done.
  public let lift: Double
  /// The standard error of the lift, taking rows as independent: the greater of what the rows show and what the fit
  /// expects, for a slice in which the new pick was seldom chosen shows too little.
  public let standardError: Double
  /// The chance of a lift this low or lower if the slice were not harmed (normal, one-sided).
  public let pValue: Double

  /// The slices of a replay with this many rows and a changed pick in them, in the order of their names.
  public static func all(of replay: PairedReplay, cells: [Cell], minimumRows: Int) -> [Slice] {
    var moments: [String: Moments] = [:]
    var variances: [String: Double] = [:]
    var changed: Set<String> = []
    for (number, lift) in replay.cellLift.enumerated() where lift.count > 0 {
      let cell = cells[number]
      var names = ["task=\(cell.task)", "band=\(cell.band)", "task=\(cell.task) band=\(cell.band)"]
      // No other cell adds to the slice of a cell, so one that has too few rows, or does not change, is never asked for.
      if replay.cells[number].isChanged, lift.count >= minimumRows { names.append("cell=\(cell)") }
      for name in names {
        moments[name, default: Moments()].merge(lift)
        variances[name, default: 0] +=
          lift.squaredWeight * (replay.cells[number].variances?[Quantity.done.rawValue] ?? 0)
        if replay.cells[number].isChanged { changed.insert(name) }
      }
    }
    return moments.filter { changed.contains($0.key) && $0.value.count >= minimumRows }
      .sorted { $0.key < $1.key }
      .map { Slice(name: $0.key, $0.value, variance: variances[$0.key] ?? 0) }
  }

  init(name: String, _ moments: Moments, variance: Double) {
    self.name = name
    rows = moments.count
    lift = moments.mean
    standardError = max(moments.standardError, variance.squareRoot() / max(moments.weight, .leastNormalMagnitude))
    if standardError > 0 {
      pValue = NormalDistribution.cumulative(lift / standardError)
    } else {
      pValue = lift < 0 ? 0 : 1
    }
  }

  /// The parts of the holdout in time, and the error at which each is tested.
  private static let times: [(name: String, periods: Range<Int>, isNewest: Bool)] = [
    ("the first third in time", 0..<1, false), ("the second third in time", 1..<2, false),
    ("the last third in time", 2..<5, false), ("the newest sixth in time", 3..<5, true),
    ("the newest twelfth in time", 4..<5, true),
  ]

  /// The parts of the holdout in time with this many rows.
  /// - Parameter isNewest: the newest sixth and twelfth, else the thirds.
  public static func times(of replay: PairedReplay, minimumRows: Int, isNewest: Bool) -> [Slice] {
    times.filter { $0.isNewest == isNewest }.compactMap { time in
      let difference = replay.difference(periods: time.periods)
      guard difference.rows.count >= minimumRows, !difference.isIdentical else { return nil }
      let weight = difference.rows.weight
      return Slice(
        name: time.name, difference.rows, variance: (difference.expectedVariance ?? 0) * weight * weight)
    }
  }

  /// Those of the slices that are significant when the false discovery rate over all of them is held at `rate`
  /// (Benjamini and Hochberg 1995).
  public static func discoveries(_ slices: [Slice], rate: Double) -> [Slice] {
    Gate.discoveries(slices.map(\.pValue), rate: rate).map { slices[$0] }
  }

  /// Those of the slices that fail the gate, the worst first: significantly harmed beyond the tolerance; without asking
  /// for significance where the thresholds are strict.
  public static func harmed(_ slices: [Slice], thresholds: GateThresholds) -> [Slice] {
    let suspects = thresholds.strict ? slices : discoveries(slices, rate: thresholds.sliceDiscoveryRate)
    return suspects.filter { $0.lift < -thresholds.sliceTolerance }.sorted { $0.lift < $1.lift }
  }

  /// The parts in time that fail the gate: harmed beyond the tolerance, each significantly by itself; without asking for
  /// significance where the thresholds are strict.
  public static func harmedTimes(_ times: [Slice], error: Double, thresholds: GateThresholds) -> [Slice] {
    times.filter { $0.lift < -thresholds.sliceTolerance && (thresholds.strict || $0.pValue <= error) }
  }
}
