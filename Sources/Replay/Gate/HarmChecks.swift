internal import Outcomes
internal import Policies

/// Whether a part of the traffic, a part of the time or a tenant is harmed.
extension Gate {
  func slices() -> GateCheck {
    if let absence = improvement.absence {
      return GateCheck(
        notApplicable: .slices, "not available (\(absence))", required: "no harm in a slice")
    }
    let all = Slice.all(of: evidence.replay, cells: evidence.cells, minimumRows: thresholds.sliceRows)
    let thirds = Slice.times(of: evidence.replay, minimumRows: thresholds.sliceRows, isNewest: false)
    let newest = Slice.times(of: evidence.replay, minimumRows: thresholds.sliceRows, isNewest: true)
    let harmed =
      Slice.harmed(all, thresholds: thresholds)
      + Slice.harmedTimes(thirds, error: thresholds.thirdError, thresholds: thresholds)
      + Slice.harmedTimes(newest, error: thresholds.newestError, thresholds: thresholds)
    let total = all.count + thirds.count + newest.count
    let worst = (all + thirds + newest).min { $0.lift < $1.lift }
    let seen = harmed.prefix(3).map {
      "\($0.name.shortened()) \($0.lift.signedDecimals(3)) over \(count($0.rows, "row"))"
    }
    let calm = worst.map {
      "; the lowest, not significant, is \($0.name.shortened()) \($0.lift.signedDecimals(3)) ± \($0.standardError.decimals(3))"
    }
    return GateCheck(
      .slices, harmed.isEmpty,
      observed: harmed.isEmpty
        ? (total == 0
          ? "no slice has enough rows and a changed pick" : "no harm in \(count(total, "slice"))" + (calm ?? ""))
        : "harm in \(harmed.count) of \(count(total, "slice")): " + seen.joined(separator: ", "),
      required:
        "no task, band, cell or part of the holdout in time under \((-thresholds.sliceTolerance).decimals(2)) in done"
        + (thresholds.strict ? "" : " and significantly negative"))
  }

  func tenants() -> GateCheck {
    let required =
      "for each tenant a probability under one half of a loss in done of more than "
      + thresholds.tenantTolerance.decimals(2)
    if let absence = improvement.absence {
      return GateCheck(notApplicable: .tenants, "not available (\(absence))", required: required)
    }
    let prices = evidence.catalog.models.map(\.price)
    let deviations = evidence.tenants.deviations { Expectations(evidence.training, task: $0, prices: prices).done }
    let effects = TenantEffects(
      evidence.replay, cells: evidence.cells, deviations: deviations)
    guard !effects.tenants.isEmpty else {
      return GateCheck(notApplicable: .tenants, "no tenant's traffic changes", required: required)
    }
    let harmed = effects.tenants.filter { $0.probability(ofLossBeyond: thresholds.tenantTolerance) >= 0.5 }
    let worst = effects.tenants.min { $0.mean < $1.mean }
    let seen = harmed.prefix(3).map {
      "\($0.name.shortened()) \($0.mean.signedDecimals(3)) ± \($0.standardDeviation.decimals(3))"
    }
    return GateCheck(
      .tenants, harmed.isEmpty,
      observed: harmed.isEmpty
        ? "no tenant of \(effects.tenants.count) is expected to lose"
          + (worst.map {
            "; the lowest is \($0.name.shortened()) \($0.mean.signedDecimals(3)) ± \($0.standardDeviation.decimals(3))"
          }
            ?? "")
        : "\(count(harmed.count, "tenant")) expected to lose: \(seen.joined(separator: ", "))",
      required: required)
  }
}
