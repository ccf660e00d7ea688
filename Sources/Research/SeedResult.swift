internal import Outcomes
internal import Policies
internal import Simulation
internal import Worker

/// What one seed of a scenario showed, without its world.
struct SeedResult: Sendable {
  let seed: UInt64
  /// What the policies are worth.
  let scores: [PolicyKind: PolicyScore]
  /// The mean quality that the floors ask for.
  let floorQuality: Double
  /// Each model served to all, by slug in the order of the catalog.
  let singles: [(name: String, value: Truth.Value)]

  init(_ scenario: Scenario, rows: Int, seed: UInt64) throws {
    let night = try StudyNight(scenario, rows: rows, seed: seed)
    self.seed = seed
    scores = night.scores()
    floorQuality = night.floorQuality
    singles = zip(night.world.catalog.models, night.singleValues()).map { ($0.slug, $1) }
  }
}
