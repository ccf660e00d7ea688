public import Outcomes

/// A gateway whose truth is known: tasks, bands, tenants, models, and the true quality of each model in each cell.
public struct World: Sendable {
  /// The models, with priors that are wrong.
  public private(set) var catalog: Catalog
  /// The cells.
  public let cells: [Cell]
  /// The share of the traffic of each cell; they sum to 1.
  public let shares: [Double]
  /// The true mean quality at the start of a log, `cells × arms`, in [0,1].
  public private(set) var quality: [Double]
  /// The true mean cost of a call in USD, `cells × arms`.
  public private(set) var cost: [Double]
  /// The agents of each tenant.
  public let agents: Int
  /// The share of calls for which the router draws a model at random.
  public var exploration: Double
  /// How far the quality that an agent gets from a model lies above or below the model's, by a coin for each agent and
  /// model, so that an agent's calls are alike.
  public let agentEffect: Double
  /// Whether a few agents make most of the calls: the k-th of a tenant in proportion to 1/k.
  public let hasBusyAgents: Bool
  /// What else is the case.
  public package(set) var conditions = Conditions()

  /// Makes a world. Qualities must be at least `agentEffect` away from 0 and 1.
  public init(
    catalog: Catalog, cells: [Cell], shares: [Double], quality: [Double], cost: [Double], agents: Int,
    exploration: Double, agentEffect: Double = 0, hasBusyAgents: Bool = false
  ) {
    precondition(quality.count == cells.count * catalog.models.count && cost.count == quality.count)
    precondition(shares.count == cells.count && agents > 0)
    self.catalog = catalog
    self.cells = cells
    self.shares = shares
    self.quality = quality
    self.cost = cost
    self.agents = agents
    self.exploration = exploration
    self.agentEffect = agentEffect
    self.hasBusyAgents = hasBusyAgents
  }

  private static let tasks = ["reasoning", "code", "tool_use", "general", "chat", "extraction", "embed"]
  private static let bands = ["balanced", "cost", "quality", "latency", "strict", "weighted"]
  private static let tokens: [Double] = [1800, 1400, 900, 500, 350, 700, 220]

  /// Slug, ability in [0,1], how far its prior is off in each task, prices.
  private static let models: [(slug: String, ability: Double, input: Double, output: Double)] = [
    ("alder-nano", 0.52, 0.05, 0.20), ("birch-mini", 0.66, 0.15, 0.60), ("cedar-small", 0.74, 0.25, 1.00),
    ("douglas-flash", 0.80, 0.40, 1.60), ("elm-medium", 0.85, 0.80, 3.20), ("fir-large", 0.90, 2.00, 8.00),
    ("ginkgo-pro", 0.945, 3.00, 12.00), ("hazel-max", 0.975, 6.00, 24.00),
  ]

  /// The stationary gateway: 7 tasks, 6 bands, 4 tenants and 8 models. Priors are off by as much as 0.25 in some cells,
  /// in both directions, except that the strongest model clears every floor in truth.
  public static func stationary(seed: UInt64, tenants: Int = 4, exploration: Double = 0.1) -> World {
    var generator = SeededGenerator(seed: seed)
    let cells = tasks.flatMap { task in
      (1...tenants).flatMap { tenant in bands.map { Cell(task: task, tenant: World.tenant(tenant), band: $0) } }
    }
    let priors = models.map { max(0.3, min(0.99, $0.ability + 0.03 * (generator.uniform() - 0.5))) }
    let raw = cells.map { _ in 0.3 + generator.uniform() }
    let total = raw.reduce(0, +)
    let taskShift = tasks.map { _ in
      models.map { model in model.ability > 0.96 ? 0.0 : -0.22 + 0.32 * generator.uniform() }
    }
    let tenantShift = (0..<tenants).map { _ in models.map { _ in 0.05 * (generator.uniform() - 0.5) } }
    var quality: [Double] = []
    var cost: [Double] = []
    for (number, cell) in cells.enumerated() {
      let task = tasks.firstIndex(of: cell.task) ?? 0
      let tenant = number / bands.count % tenants
      for (arm, model) in models.enumerated() {
        let noise = model.ability > 0.96 ? 0 : tenantShift[tenant][arm] + 0.02 * (generator.uniform() - 0.5)
        quality.append(max(0.02, min(0.985, max(priors[arm] - 0.25, model.ability + taskShift[task][arm] + noise))))
        cost.append(tokens[task] * (model.input + 0.6 * model.output) / 1_000_000)
      }
    }
    let catalog = Catalog(
      models: zip(models, priors).map { model, prior in
        CatalogModel(
          slug: model.slug, prior: (prior * 1000).rounded() / 1000, inputPrice: model.input,
          outputPrice: model.output, isAllowed: true)
      })
    return World(
      catalog: catalog, cells: cells, shares: raw.map { $0 / total }, quality: quality, cost: cost, agents: 60,
      exploration: exploration)
  }

  /// The number of a model that the world has.
  package func arm(_ slug: String) -> Int {
    guard let arm = catalog.models.firstIndex(where: { $0.slug == slug }) else {
      preconditionFailure("no model \(slug)")
    }
    return arm
  }

  /// Gives each model a prior, in the order of the catalog.
  mutating func setPriors(_ priors: [Double]) {
    catalog = Catalog(
      models: zip(catalog.models, priors).map { model, prior in
        CatalogModel(
          slug: model.slug, prior: prior, inputPrice: model.inputPrice, outputPrice: model.outputPrice,
          isAllowed: model.isAllowed)
      }, floors: catalog.floors, defaultFloor: catalog.defaultFloor)
  }

  /// Adds a model, whose slug comes after all others, and returns its number.
  /// - Parameter quality: draws its quality in a cell.
  mutating func addModel(
    slug: String, prior: Double, inputPrice: Double, outputPrice: Double, quality draw: () -> Double
  ) -> Int {
    let arms = catalog.models.count
    let model = CatalogModel(
      slug: slug, prior: prior, inputPrice: inputPrice, outputPrice: outputPrice, isAllowed: true)
    precondition(catalog.models.allSatisfy { $0.slug < slug })
    catalog = Catalog(models: catalog.models + [model], floors: catalog.floors, defaultFloor: catalog.defaultFloor)
    quality = cells.indices.flatMap { quality[$0 * arms..<($0 + 1) * arms] + [draw()] }
    cost = cells.indices.flatMap { (cell: Int) -> [Double] in
      let task = World.tasks.firstIndex(of: cells[cell].task) ?? 0
      let own = World.tokens[task] * (inputPrice + 0.6 * outputPrice) / 1_000_000
      return Array(cost[cell * arms..<(cell + 1) * arms]) + [own]
    }
    return arms
  }

  /// The true quality of a pair of cell and model when this share of a log's time is over, of a call that succeeds.
  public func quality(_ pair: Int, at phase: Double) -> Double {
    var result = conditions.drift.isEmpty ? quality[pair] : quality[pair] + phase * conditions.drift[pair]
    for step in conditions.steps where !step.quality.isEmpty && phase >= step.at { result += step.quality[pair] }
    return min(max(result, 0), 1)
  }

  /// The true mean cost of a call that succeeds, in USD, when this share of a log's time is over.
  func cost(_ pair: Int, at phase: Double) -> Double {
    conditions.steps.reduce(cost[pair]) { $1.cost.isEmpty || phase < $1.at ? $0 : $0 * $1.cost[pair] }
  }

  /// The probability that a call fails.
  func failure(_ pair: Int) -> Double { conditions.failures.isEmpty ? 0 : conditions.failures[pair] }

  /// A number for each pair of cell and model.
  package func pairs(_ value: (_ cell: Int, _ arm: Int) -> Double) -> [Double] {
    cells.indices.flatMap { cell in catalog.models.indices.map { value(cell, $0) } }
  }

  /// Replaces the true qualities by what becomes of each.
  package mutating func setQuality(_ value: (_ cell: Int, _ arm: Int, _ quality: Double) -> Double) {
    let arms = catalog.models.count
    quality = quality.enumerated().map { pair, old in min(max(value(pair / arms, pair % arms, old), 0.02), 0.985) }
  }

  /// Replaces what a model lists as its price, whatever it costs.
  package mutating func setListPrice(of arm: Int, times factor: Double) {
    catalog = Catalog(
      models: catalog.models.enumerated().map { number, model in
        let scale = number == arm ? factor : 1
        return CatalogModel(
          slug: model.slug, prior: model.prior, inputPrice: model.inputPrice.map { $0 * scale },
          outputPrice: model.outputPrice.map { $0 * scale }, isAllowed: model.isAllowed)
      }, floors: catalog.floors, defaultFloor: catalog.defaultFloor)
  }

  /// The identifier of a tenant, an RFC 4122 UUID that says that it is made up.
  static func tenant(_ number: Int) -> String {
    let digits = String(number)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }
}
