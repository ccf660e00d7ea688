import Outcomes
import Simulation

/// The small gateways of the study.
enum StudyWorld {
  /// Three tasks, two bands and two tenants, with any number of models whose priors are wrong by up to 0.2.
  ///
  /// - Parameters:
  ///   - agentEffect: how far an agent's luck with a model lies from the model's quality.
  ///   - hasTaskLengths: whether tasks differ in length, so that a model's cost differs by task.
  static func random(
    seed: UInt64, models: Int, exploration: Double, agents: Int = 60, agentEffect: Double = 0,
    hasTaskLengths: Bool = false
  ) -> World {
    var generator = SeededGenerator(seed: seed &* 7919 &+ 13)
    let cells = cells()
    let ability: [Double] = (0..<models).map { 0.45 + 0.45 * Double($0 + 1) / Double(models) }
    let catalog = catalog(
      priors: ability.map { min(0.95, max(0.3, $0 + 0.2 * (generator.uniform() - 0.5))) },
      floors: ["code": 0.75, "general": 0.65, "chat": 0.55])
    let quality = cells.flatMap { _ -> [Double] in
      ability.map { min(0.88, max(0.12, $0 + 0.3 * (generator.uniform() - 0.5))) }
    }
    let lengths = hasTaskLengths ? ["code": 4.0, "general": 1.5, "chat": 0.5] : [:]
    let costs = cells.flatMap { cell -> [Double] in
      let length = lengths[cell.task] ?? 1
      return (0..<models).map { 0.0005 * length * Double($0 + 1) }
    }
    return World(
      catalog: catalog, cells: cells, shares: shares(&generator), quality: quality, cost: costs, agents: agents,
      exploration: exploration, agentEffect: agentEffect, hasBusyAgents: agentEffect > 0)
  }

  /// A gateway in which all models are equally good and equally dear, so that no policy is better than another. The floor
  /// lies so near that what is learned flips from night to night, and the dearest model clears it by its prior, so that
  /// both policies serve every cell.
  static func null(seed: UInt64, agentEffect: Double = 0) -> World {
    var generator = SeededGenerator(seed: seed &* 7919 &+ 17)
    let cells = cells()
    let models = 4
    let catalog = catalog(
      priors: (0..<models).map { $0 == models - 1 ? 0.75 : 0.45 + 0.2 * generator.uniform() },
      floors: ["code": 0.55, "general": 0.58, "chat": 0.6])
    return World(
      catalog: catalog, cells: cells, shares: shares(&generator),
      quality: [Double](repeating: 0.65, count: cells.count * models),
      cost: [Double](repeating: 0.002, count: cells.count * models), agents: 60, exploration: 0.3,
      agentEffect: agentEffect, hasBusyAgents: agentEffect > 0)
  }

  /// A gateway of four equally dear models in which the second is better in done than the first by a number for each
  /// cell; the first is what the priors choose.
  static func shifted(by lifts: [Double], exploration: Double = 0.3) -> World {
    var generator = SeededGenerator(seed: 23)
    let cells = cells()
    let base = 0.6
    let quality = cells.indices.flatMap { cell -> [Double] in
      [base, StudyWorld.quality(reachingDone: World.done(quality: base) + lifts[cell % lifts.count]), base, base]
    }
    return World(
      catalog: catalog(priors: [0.9, 0.4, 0.4, 0.4], floors: ["code": 0.5, "general": 0.5, "chat": 0.5]),
      cells: cells, shares: shares(&generator), quality: quality,
      cost: [Double](repeating: 0.002, count: quality.count), agents: 60, exploration: exploration)
  }

  /// The tenant whose calls a model serves worse than all others'.
  static let harmedTenant = "t7"

  /// A market of four models, `large`, `medium`, `nano` and `small`, whose priors choose `medium` for code and general and
  /// `nano` for chat, and underrate `small`, which costs a third of `medium`.
  /// - Parameters:
  ///   - small: the true quality of `small`; `smallLift` gives it by how far its done lies above that of `medium`.
  ///   - floor: the floor of code and general.
  static func market(
    seed: UInt64, small: Double? = nil, smallLift: Double = 0, medium: Double = 0.80, floor: Double = 0.72,
    tenants: Int = 4, exploration: Double = 0.4
  ) -> World {
    var generator = SeededGenerator(seed: seed &* 7919 &+ 29)
    let cells = ["code", "general", "chat"].flatMap { task in
      (1...tenants).flatMap { tenant in
        ["balanced", "cost"].map { Cell(task: task, tenant: "t\(tenant)", band: $0) }
      }
    }
    let prices = ["large": 18.0, "medium": 5, "nano": 0.5, "small": 1.5]
    let priors = ["large": 0.92, "medium": medium, "nano": 0.60, "small": floor - 0.08]
    let quality = [
      "large": 0.92, "medium": medium, "nano": 0.60,
      "small": small ?? quality(reachingDone: World.done(quality: medium) + smallLift),
    ]
    let slugs = prices.keys.sorted()
    let lengths = ["code": 1.4, "general": 0.5, "chat": 0.35]
    let raw = cells.map { _ in 0.7 + 0.6 * generator.uniform() }
    let total = raw.reduce(0, +)
    return World(
      catalog: Catalog(
        models: slugs.map {
          CatalogModel(
            slug: $0, prior: priors[$0], inputPrice: (prices[$0] ?? 0) / 4, outputPrice: 3 * (prices[$0] ?? 0) / 4,
            isAllowed: true)
        }, floors: ["code": floor, "general": floor, "chat": 0.55]),
      cells: cells, shares: raw.map { $0 / total },
      quality: cells.flatMap { cell in slugs.map { slug in quality[slug] ?? 0 } },
      cost: cells.flatMap { cell in slugs.map { 1e-3 * (lengths[cell.task] ?? 0) * (prices[$0] ?? 0) } }, agents: 60,
      exploration: exploration, hasBusyAgents: true)
  }

  /// The quality at which this share is done, by bisection.
  private static func quality(reachingDone done: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if World.done(quality: middle) < done { low = middle } else { high = middle }
    }
    return low
  }

  private static func cells() -> [Cell] {
    ["code", "general", "chat"].flatMap { task in
      ["t1", "t2"].flatMap { tenant in ["balanced", "cost"].map { Cell(task: task, tenant: tenant, band: $0) } }
    }
  }

  private static func shares(_ generator: inout SeededGenerator) -> [Double] {
    let raw = cells().map { _ in 0.5 + generator.uniform() }
    let total = raw.reduce(0, +)
    return raw.map { $0 / total }
  }

  private static func catalog(priors: [Double], floors: [String: Double]) -> Catalog {
    Catalog(
      models: priors.enumerated().map { arm, prior in
        let number = arm < 10 ? "0\(arm)" : "\(arm)"
        return CatalogModel(
          slug: "model-\(number)", prior: prior, inputPrice: Double(arm + 1), outputPrice: Double(arm + 1),
          isAllowed: true)
      }, floors: floors)
  }
}
