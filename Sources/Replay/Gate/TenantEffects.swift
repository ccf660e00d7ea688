internal import Outcomes

/// What the candidate does for each tenant, partly pooled: tenants with few rows are taken to be like the others.
///
/// The lift in done of a tenant is normal about what training expects of that tenant, with the lift of all tenants whose
/// traffic changes as their mean and a spread over tenants that is estimated by moments; its posterior weighs that with what the tenant's own holdout rows show
/// (Gelman and others 2013, section 5.4).
struct TenantEffects {
  /// One tenant's posterior.
  struct Tenant {
    let name: String
    /// The expected lift in done.
    let mean: Double
    let standardDeviation: Double

    /// The probability that the lift is below minus this.
    func probability(ofLossBeyond loss: Double) -> Double {
      guard standardDeviation > 0 else { return mean < -loss ? 1 : mean == -loss ? 0.5 : 0 }
      return NormalDistribution.cumulative((-loss - mean) / standardDeviation)
    }
  }

  private struct Own {
    var moments = Moments()
    var variance = 0.0
    var expected = 0.0
    var isChanged = false
  }

  /// The tenants with traffic in changed cells, in the order of their names.
  let tenants: [Tenant]

  /// - Parameters:
  ///   - cells: the cells by the replay's numbers.
  ///   - deviations: how far each model's done lies from what its task expects, by tenant, as training shows it.
  init(_ replay: PairedReplay, cells: [Cell], deviations: [String: [Double]]) {
    var own: [String: Own] = [:]
    for (number, lift) in replay.cellLift.enumerated() where lift.count > 0 {
      let tenant = cells[number].tenant
      let (candidate, incumbent) = replay.probabilities(cell: number)
      let deviation = zip(zip(candidate, incumbent), deviations[tenant] ?? []).reduce(0.0) {
        $0 + ($1.0.0 - $1.0.1) * $1.1
      }
      own[tenant, default: Own()].moments.merge(lift)
      own[tenant]?.variance += lift.squaredWeight * (replay.cells[number].variances?[Quantity.done.rawValue] ?? 0)
      own[tenant]?.expected += lift.weight * (replay.expectedLift(.done, cell: number) + deviation)
      if replay.cells[number].isChanged { own[tenant]?.isChanged = true }
    }
    let changed = own.filter(\.value.isChanged)
    let weight = changed.values.reduce(0) { $0 + $1.moments.weight }
    let expected = weight > 0 ? changed.values.reduce(0) { $0 + $1.expected } / weight : 0
    let overall = weight > 0 ? changed.values.reduce(0) { $0 + $1.moments.sum } / weight : 0
    let observed = changed.sorted { $0.key < $1.key }.map { name, own in
      let shown = own.moments.standardError * own.moments.standardError
      let variance = max(own.variance / (own.moments.weight * own.moments.weight), shown)
      let centre = own.expected / own.moments.weight + overall - expected
      return (name: name, centre: centre, distance: own.moments.mean - centre, variance: variance)
    }
    let spread = RandomEffects.spread(observed.map { ($0.distance, $0.variance) }, about: 0)
    tenants = observed.map { tenant in
      let share = tenant.variance > 0 ? spread / (spread + tenant.variance) : 1
      return Tenant(
        name: tenant.name, mean: tenant.centre + share * tenant.distance,
        standardDeviation: (share * tenant.variance).squareRoot())
    }
  }
}
