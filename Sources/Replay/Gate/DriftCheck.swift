internal import Glibc
internal import Outcomes
internal import Policies

/// Whether the holdout is like the training rows. A broken judge, a broken parser and a model that went bad all look like a
/// difference, and a person should know.
extension Gate {
  /// A mean in training and in the holdout.
  private struct Comparison {
    let name: String
    let quantity: Quantity
    let before: Double
    let after: Double
    let pValue: Double

    init(_ name: String, _ quantity: Quantity, before: Double, after: Double, squaredError: Double) {
      self.name = name
      self.quantity = quantity
      self.before = before
      self.after = after
      let difference = abs(after - before)
      if squaredError > 0 {
        pValue = 2 * NormalDistribution.cumulative(-difference / squaredError.squareRoot())
      } else {
        pValue = difference > 0 ? 0 : 1
      }
    }

    func isLarge(_ thresholds: GateThresholds) -> Bool {
      guard quantity == .cost else { return abs(after - before) > thresholds.driftDifference }
      return max(before, after) > thresholds.driftCostFactor * min(before, after)
    }

    var text: String {
      let places = quantity == .cost ? 7 : 3
      return "\(name) \(quantity.name) \(before.decimals(places)) -> \(after.decimals(places))"
    }
  }

  func drift() -> GateCheck {
    let comparisons = pairComparisons() + newestComparisons() + incumbentComparisons()
    guard !comparisons.isEmpty else {
      return GateCheck(
        notApplicable: .drift, "no task and model has \(thresholds.driftRows) rows in training and in the holdout",
        required: "means that do not differ between training and holdout")
    }
    let found = Gate.discoveries(comparisons.map(\.pValue), rate: thresholds.driftDiscoveryRate)
      .map { comparisons[$0] }.filter { $0.isLarge(thresholds) }
      .sorted { $0.pValue < $1.pValue }
    let seen = found.prefix(3).map(\.text).joined(separator: ", ")
    return GateCheck(
      .drift, found.isEmpty,
      observed: found.isEmpty
        ? "no difference between training and holdout in \(count(comparisons.count, "mean"))"
        : "\(found.count) of \(count(comparisons.count, "mean")) differ: \(seen)",
      required:
        "no mean of a task and model, of a model lately, nor of the incumbent that differs significantly and by more than "
        + "\(thresholds.driftDifference.decimals(1)), or in cost by a factor of \(thresholds.driftCostFactor.decimals(0))"
    )
  }

  /// The places of those p-values that are significant when the false discovery rate over all is held at `rate`
  /// (Benjamini and Hochberg 1995).
  static func discoveries(_ pValues: [Double], rate: Double) -> [Int] {
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    let last = order.indices.last { pValues[order[$0]] <= rate * Double($0 + 1) / Double(order.count) }
    return last.map { Array(order[...$0]) } ?? []
  }

  /// The variance that two means of the same numbers have, which must not come from one thin half: that of all rows
  /// taken together.
  fileprivate static func squaredError(_ before: Moments, _ after: Moments) -> Double {
    // Either half may be weighted in a unit of its own, so each counts with its effective rows.
    let (rows, more) = (before.effectiveCount, after.effectiveCount)
    guard rows > 0, more > 0 else { return 0 }
    let mean = (rows * before.mean + more * after.mean) / (rows + more)
    let distances =
      rows * (before.spread + (before.mean - mean) * (before.mean - mean))
      + more * (after.spread + (after.mean - mean) * (after.mean - mean))
    return distances / (rows + more) * (1 / rows + 1 / more)
  }

  private func forEachPair(_ body: (String, Int, OutcomeTally.Sums, OutcomeTally.Sums) -> Void) {
    for task in Set(evidence.training.taskNames).intersection(evidence.holdout.taskNames).sorted() {
      for arm in evidence.catalog.models.indices {
        let before = evidence.training.sums(task: task, arm: arm)
        let after = evidence.holdout.sums(task: task, arm: arm)
        if min(before.rows, after.rows) >= thresholds.driftRows { body(task, arm, before, after) }
      }
    }
  }

  private func pairComparisons() -> [Comparison] {
    var result: [Comparison] = []
    forEachPair { task, arm, before, after in
      for quantity in Quantity.allCases {
        let (before, after) = (before[quantity], after[quantity])
        guard min(before.effectiveCount, after.effectiveCount) >= Double(thresholds.driftRows) else { continue }
        result.append(
          Comparison(
            "\(slug(arm)) in \(task.shortened())", quantity, before: before.mean, after: after.mean,
            squaredError: Gate.squaredError(before, after)))
      }
    }
    return result
  }

  /// Each model in the newest sixth of the holdout beside training, at that sixth's mix of tasks: what went bad lately has few
  /// rows in each task, and is what the next night meets.
  private func newestComparisons() -> [Comparison] {
    evidence.catalog.models.indices.flatMap { arm in
      Quantity.allCases.compactMap { quantity -> Comparison? in
        var mix = TaskMix()
        var rows = 0
        for task in evidence.newest.taskNames {
          let before = evidence.training.sums(task: task, arm: arm)[quantity]
          let after = evidence.newest.sums(task: task, arm: arm)[quantity]
          guard before.effectiveCount >= Double(thresholds.driftRows), after.weight > 0 else { continue }
          rows += after.count
          mix.add(before, after, share: after.weight)
        }
        guard rows >= thresholds.driftRows else { return nil }
        return mix.comparison("\(slug(arm)) in the newest sixth", quantity)
      }
    }
  }

  /// Means of several tasks beside each other, each task with its share.
  private struct TaskMix {
    private var (weight, before, after, error) = (0.0, 0.0, 0.0, 0.0)

    mutating func add(_ old: Moments, _ new: Moments, share: Double) {
      weight += share
      before += share * old.mean
      after += share * new.mean
      error += share * share * Gate.squaredError(old, new)
    }

    func comparison(_ name: String, _ quantity: Quantity) -> Comparison? {
      guard weight > 0 else { return nil }
      return Comparison(
        name, quantity, before: before / weight, after: after / weight, squaredError: error / (weight * weight))
    }
  }

  /// The incumbent as a whole: the means of its picks, at the holdout's mix of tasks, so that traffic that moves from one
  /// task to another is not taken for a change of a model.
  private func incumbentComparisons() -> [Comparison] {
    var shares: [String: [Double]] = [:]
    for (number, picks) in picks.enumerated() {
      guard let pick = picks.incumbent else { continue }
      let none = [Double](repeating: 0, count: evidence.catalog.models.count)
      shares[evidence.cells[number].task, default: none][pick] += evidence.replay.cellLift[number].weight
    }
    return Quantity.allCases.compactMap { quantity in
      var mix = TaskMix()
      forEachPair { task, arm, old, new in
        guard let share = shares[task]?[arm], share > 0 else { return }
        let (old, new) = (old[quantity], new[quantity])
        if min(old.effectiveCount, new.effectiveCount) >= Double(thresholds.driftRows) {
          mix.add(old, new, share: share)
        }
      }
      return mix.comparison("the incumbent's picks", quantity)
    }
  }
}
