internal import LinUCB
internal import Outcomes
internal import Policies
internal import Simulation
internal import Worker

/// One seed of a scenario: its world, its log, and what is learned from it, from which every policy is made, so that all
/// of them meet the same chances.
struct StudyNight: Sendable {
  static let rule = DecisionRule.cheapestClearingFloor
  /// The floors of the cost–quality curves.
  static let swept = stride(from: 0.40, through: 0.981, by: 0.02).map { $0 }

  let world: World
  let truth: Truth
  private let table: Table
  private let learner: PolicyLearner
  private let baselines: BaselinePolicies

  init(_ scenario: Scenario, rows: Int, seed: UInt64) throws {
    let world = scenario.world(seed: seed)
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    let outcomes = Log(world, rows: rows, seed: seed).compactMap { $0.outcome(in: world) }
    var source = RecordedOutcomes(directory: directory, training: outcomes[...], holdout: [])
    var settings = Settings()
    settings.floors = world.catalog.floors
    let incumbent = Policy.untrained(exploration: settings.learner.exploration)
    let learning = try Learning.learn(
      from: &source, catalog: world.catalog, settings: settings, incumbent: incumbent, keepsTable: true
    ).learning
    guard let table = learning.table else { preconditionFailure("the table was asked for") }
    self.world = world
    truth = world.truth
    learner = settings.learner
    self.table = table
    baselines = BaselinePolicies(
      candidate: learning.candidate, incumbent: incumbent, catalog: world.catalog, rule: StudyNight.rule,
      tally: learning.tally, truth: truth)
  }

  /// What the policies are worth, by kind; those that cannot be made in a world of cells are left out.
  func scores() -> [PolicyKind: PolicyScore] {
    let values = singleValues()
    let dearest = baselines.agentDefault ?? 0
    let best = truth.bestPossible(
      catalog: world.catalog, rule: StudyNight.rule, exploration: learner.exploration)
    // The frontier of the single models, which a router must beat.
    let singles = CostQualityCurve(
      zip(world.catalog.models, values).filter(\.0.isEnrolled).map {
        CostQualityCurve.Point(cost: $0.1.cost, quality: $0.1.reward)
      })
    var scores: [PolicyKind: PolicyScore] = [:]
    for kind in PolicyKind.allCases {
      guard let policy = baselines.policy(kind) else { continue }
      scores[kind] = PolicyScore(
        policy, in: self, reference: PolicyScore.Reference(agentDefault: dearest, value: values[dearest], oracle: best),
        singles: singles, curve: curve(kind, singles))
    }
    return scores
  }

  /// What each model is worth, served to all.
  func singleValues() -> [Truth.Value] {
    let arms = world.catalog.models.indices
    return arms.map { arm in
      truth.value(of: ComparedPolicy("", everywhere: arms.map { $0 == arm ? 1 : 0 }), catalog: world.catalog)
    }
  }

  /// The mean quality that the floors ask for.
  var floorQuality: Double {
    truth.cells.reduce(0) { sum, cell in
      sum + cell.share * (Cell(cell.cell).map { world.catalog.floor(task: $0.task) } ?? 0)
    }
  }

  /// The curve of a policy as every floor is swept, for those that have floors.
  private func curve(_ kind: PolicyKind, _ singles: CostQualityCurve) -> CostQualityCurve? {
    guard [.static, .learned, .oracle].contains(kind) else { return nil }
    let cheapest = singles.points.prefix(1)
    return CostQualityCurve(
      Array(cheapest)
        + StudyNight.swept.map { floor in
          let catalog = Catalog(models: world.catalog.models, floors: [:], defaultFloor: floor)
          let value = value(kind, catalog)
          return CostQualityCurve.Point(cost: value.cost, quality: value.reward)
        })
  }

  private func value(_ kind: PolicyKind, _ catalog: Catalog) -> Truth.Value {
    let untrained = Policy.untrained(exploration: learner.exploration)
    switch kind {
    case .oracle: return truth.bestPossible(catalog: catalog, rule: StudyNight.rule, exploration: learner.exploration)
    case .learned:
      return truth.value(
        of: learner.learn(table, catalog: catalog, incumbent: untrained), catalog: catalog, rule: StudyNight.rule)
    default: return truth.value(of: untrained, catalog: catalog, rule: StudyNight.rule)
    }
  }
}
