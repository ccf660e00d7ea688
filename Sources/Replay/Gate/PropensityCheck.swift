internal import Outcomes

/// Whether the propensities are logged, and right.
extension Gate {
  func propensities() -> GateCheck {
    let required =
      "logged for at least \(percent(thresholds.loggedShare)) of the holdout rows of changed cells, and mean weights "
      + "within \(thresholds.calibrationErrors.decimals(0)) standard errors of 1"
    var faults: [String] = []
    let counts = evidence.propensities
    let logged = counts.changed > 0 ? Double(counts.changedLogged) / Double(counts.changed) : 1
    if logged < thresholds.loggedShare, !thresholds.trustEstimatedPropensities {
      faults.append("logged for \(percent(logged, 1)) of the \(count(counts.changed, "row")) of changed cells")
    }
    guard evidence.replay.rows > 0 else {
      return GateCheck(notApplicable: .propensities, "there are no holdout rows", required: required)
    }
    let comparisons = weightComparisons()
    for comparison in comparisons where comparison.errors > thresholds.calibrationErrors {
      faults.append("\(comparison.name) \(comparison.mean.decimals(3)) ± \(comparison.standardError.decimals(3))")
    }
    let worst = comparisons.map(\.errors).max() ?? 0
    return GateCheck(
      .propensities, faults.isEmpty,
      observed: faults.isEmpty
        ? "mean weights at most \(worst.decimals(1)) standard errors from 1" : faults.listed(6),
      required: required, detail: propensityDetail)
  }

  /// A mean of weights beside 1.
  private struct WeightComparison {
    let name: String
    let mean: Double
    let standardError: Double

    var errors: Double {
      let distance = abs(mean - 1)
      return standardError > 0 ? distance / standardError : (distance > 1e-9 ? .infinity : 0)
    }
  }

  /// The mean weights of both policies, less what they serve of models that have no weight at all, and the mean of
  /// `1{chosen}/μ` of each model.
  ///
  /// A weight `π/μ` has the variance `Σ_a π²/μ - (Σ_a π)²`, and `1{chosen}/μ` has `1/μ - 1`: so the propensities themselves
  /// imply the standard errors, `Σ w² (mean(1/μ) - 1)/(Σ w)²` with the mean of 1/μ in the task over both halves of the log.
  /// What a thin sample shows of its own variance would be too little.
  private func weightComparisons() -> [WeightComparison] {
    let replay = evidence.replay
    let total = replay.cellLift.reduce(0.0) { $0 + $1.weight }
    guard total > 0 else { return [] }
    let inverses = meanInverses()
    var ofPolicies = (candidate: 0.0, incumbent: 0.0)
    var ofModels = [Double](repeating: 0, count: evidence.catalog.models.count)
    for (number, lift) in replay.cellLift.enumerated() where lift.count > 0 {
      let inverse = inverses[evidence.cells[number].task] ?? []
      let (candidate, incumbent) = replay.probabilities(cell: number)
      func variance(_ probabilities: ArraySlice<Double>, served: Double) -> Double {
        let squares = zip(probabilities, inverse).reduce(0.0) { $0 + $1.0 * $1.0 * $1.1 }
        return max(squares - served * served, 0)
      }
      ofPolicies.candidate += lift.squaredWeight * variance(candidate, served: replay.cells[number].candidateServed)
      ofPolicies.incumbent += lift.squaredWeight * variance(incumbent, served: replay.cells[number].incumbentServed)
      for arm in inverse.indices { ofModels[arm] += lift.squaredWeight * max(inverse[arm] - 1, 0) }
    }
    func error(_ variance: Double, shown: Double) -> Double {
      let implied = variance.squareRoot() / total
      // An estimated propensity has an error of its own, which it does not imply.
      return evidence.propensities.estimated > 0 ? max(implied, shown) : implied
    }
    var result = [
      WeightComparison(
        name: "mean weight of the incumbent", mean: replay.incumbent.calibration.mean + 1,
        standardError: error(ofPolicies.incumbent, shown: replay.incumbent.calibration.standardError)),
      WeightComparison(
        name: "mean weight of the candidate", mean: replay.candidate.calibration.mean + 1,
        standardError: error(ofPolicies.candidate, shown: replay.candidate.calibration.standardError)),
    ]
    for arm in evidence.catalog.models.indices {
      let moments = replay.inversePropensity(arm: arm)
      guard moments.sum > 0 else { continue }
      result.append(
        WeightComparison(
          name: "mean 1/propensity of \(slug(arm))", mean: moments.mean,
          standardError: error(ofModels[arm], shown: moments.standardError)))
    }
    return result
  }

  /// The mean of 1/μ of each arm by task, over both halves.
  private func meanInverses() -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: evidence.holdout.taskNames.map { task in
        let (before, after) = (
          evidence.training.inverseSquares(task: task), evidence.holdout.inverseSquares(task: task)
        )
        // Each half in a unit of its own, with the weight of its rows.
        let (old, new) = (before.traffic, after.traffic)
        guard old > 0, new > 0 else { return (task, after.sums.map { new > 0 ? $0 / new : 0 }) }
        let (oldRows, newRows) = (
          Double(evidence.training.sums(task: task).rows), Double(evidence.holdout.sums(task: task).rows)
        )
        return (
          task,
          zip(before.sums, after.sums).map { ($0 / old * oldRows + $1 / new * newRows) / (oldRows + newRows) }
        )
      })
  }

  private var propensityDetail: String {
    let counts = evidence.propensities
    var parts = [counts.summary]
    if counts.estimated > 0 { parts.append("an estimate assumes that no hidden reason drove the choice") }
    if evidence.replay.rows > 0, evidence.replay.comparedCells == 0 {
      parts.append("no choice was ever compared: in every cell the log shows one model alone")
    }
    return parts.joined(separator: "; ")
  }
}
