internal import Outcomes
internal import Policies
internal import Simulation

/// What a policy is truly worth in one world, by several measures.
struct PolicyScore: Sendable {
  /// What a policy is held against.
  struct Reference {
    /// The model that agents call without a router.
    let agentDefault: Int
    /// What it is worth, served to all.
    let value: Truth.Value
    /// What the decision rule is worth that knows the truth.
    let oracle: Truth.Value
  }

  /// Mean quality, in [0,1].
  let quality: Double
  /// The share of outcomes that are done, in [0,1].
  let done: Double
  /// Mean cost, in USD.
  let cost: Double
  /// The share of the agent's default's cost that is saved.
  let saving: Double
  /// The share of outcomes that are done by a model cheaper than the agent's default.
  let doneAndCheaper: Double
  /// The mean quality that the best model of each cell has over the policy.
  let regret: Double
  /// The share of outcomes served under the floor, or not at all.
  let floorViolations: Double
  /// The area under its cost–quality curve, of a policy that has floors.
  let areaUnderCurve: Double?
  /// The share of the oracle's saving that it saves.
  let oracleShare: Double
  /// The share saved of what a mix of single models of the same quality costs; nil where no mix has it.
  let savingAtEqualQuality: Double?

  init(
    _ policy: ComparedPolicy, in night: StudyNight, reference: Reference, singles: CostQualityCurve,
    curve: CostQualityCurve?
  ) {
    let (truth, catalog) = (night.truth, night.world.catalog)
    let slugs = catalog.models.map(\.slug)
    let value = truth.value(of: policy, catalog: catalog)
    var (doneAndCheaper, regret, violations) = (0.0, 0.0, 0.0)
    for cell in truth.cells {
      guard let name = Cell(cell.cell) else { continue }
      let models = slugs.map { cell.models[$0] }
      let probabilities = policy.probabilities(name)
      let best = catalog.models.indices.filter { catalog.models[$0].isEnrolled }.compactMap { models[$0]?.reward }.max()
      regret += cell.share * (best ?? 0)
      violations += cell.share
      for (arm, probability) in probabilities.enumerated() where probability > 0 {
        guard let model = models[arm] else { continue }
        regret -= cell.share * probability * model.reward
        if model.reward >= catalog.floor(task: name.task) { violations -= cell.share * probability }
        if let other = models[reference.agentDefault], model.cost < other.cost {
          doneAndCheaper += cell.share * probability * model.done
        }
      }
    }
    (quality, done, cost) = (value.reward, value.done, value.cost)
    saving = 1 - value.cost / reference.value.cost
    self.doneAndCheaper = doneAndCheaper
    self.regret = regret
    floorViolations = max(violations, 0)
    oracleShare = saving / (1 - reference.oracle.cost / reference.value.cost)
    savingAtEqualQuality = singles.cost(ofQuality: value.reward).map { 1 - value.cost / $0 }
    let costs = singles.points.map(\.cost)
    areaUnderCurve = curve?.meanQuality(over: (costs.first ?? 0)...(costs.last ?? 0))
  }
}
