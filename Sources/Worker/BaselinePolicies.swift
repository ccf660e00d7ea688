public import Outcomes
public import Policies
public import Replay
public import Simulation

/// What policies beside the candidate are made of: its table, what training showed, and the truth where it is known.
public struct BaselinePolicies: Sendable {
  private let candidate: Policy
  private let incumbent: Policy
  private let catalog: Catalog
  private let rule: DecisionRule
  private let tally: OutcomeTally
  private let truth: Truth?
  private let defaultModel: String?

  /// Gathers it.
  /// - Parameter defaultModel: the slug of the model that agents call without a router; nil for the dearest.
  public init(
    candidate: Policy, incumbent: Policy, catalog: Catalog, rule: DecisionRule, tally: OutcomeTally, truth: Truth?,
    defaultModel: String? = nil
  ) {
    self.candidate = candidate
    self.incumbent = incumbent
    self.catalog = catalog
    self.rule = rule
    self.tally = tally
    self.truth = truth
    self.defaultModel = defaultModel
  }

  private var enrolled: [Int] { catalog.models.indices.filter { catalog.models[$0].isEnrolled } }

  /// The policy of a kind; nil where it cannot be made: without a truth, without an enrolled model, or of single prompts.
  public func policy(_ kind: PolicyKind) -> ComparedPolicy? {
    let (catalog, rule, candidate) = (catalog, rule, candidate)
    switch kind {
    case .static:
      return served(.untrained(exploration: candidate.exploration), kind)
    case .learned: return served(candidate, kind)
    case .highestMean, .highestUpperBound:
      let other: DecisionRule = kind == .highestMean ? .highestMean : .highestUpperBound
      return ComparedPolicy(kind.rawValue) { cell in
        let quality = candidate.serve(cell, catalog: catalog, rule: rule).quality
        let upperBound = candidate.upperBounds(cell, catalog: catalog)
        let pick = other.decide(catalog, floor: 0, quality: quality, upperBound: upperBound).arm
        return Policy.probabilities(
          catalog, pick: pick, floor: catalog.floor(task: cell.task), upperBound: upperBound,
          exploration: candidate.exploration)
      }
    case .cheapest: return always(enrolled.min { price($0) < price($1) }, kind)
    case .strongest: return always(enrolled.max { catalog.priors[$0] < catalog.priors[$1] }, kind)
    case .agentDefault: return always(agentDefault, kind)
    case .bestSingle: return always(best(tally.means(.reward, task: nil)), kind)
    case .bestPerTask: return bestPerTask()
    case .costMatchedMix: return costMatchedMix()?.policy
    case .roundRobin, .uniform:
      let count = Double(enrolled.count)
      return enrolled.isEmpty
        ? nil
        : ComparedPolicy(
          kind.rawValue, everywhere: catalog.models.map { $0.isEnrolled ? 1 / count : 0 })
    case .oracle: return oracle()
    case .oraclePerPrompt: return nil
    }
  }

  private func served(_ policy: Policy, _ kind: PolicyKind) -> ComparedPolicy {
    let (catalog, rule) = (catalog, rule)
    return ComparedPolicy(kind.rawValue) { policy.serve($0, catalog: catalog, rule: rule).probabilities }
  }

  private func always(_ arm: Int?, _ kind: PolicyKind) -> ComparedPolicy? {
    arm.map { ComparedPolicy(kind.rawValue, everywhere: only($0)) }
  }

  private func only(_ arm: Int) -> [Double] { catalog.models.indices.map { $0 == arm ? 1 : 0 } }

  private func price(_ arm: Int) -> Double { catalog.models[arm].price ?? .infinity }

  /// The model that agents call without a router.
  public var agentDefault: Int? {
    defaultModel.flatMap { slug in catalog.models.firstIndex { $0.slug == slug } }
      ?? enrolled.max { price($0) < price($1) }
  }

  /// The enrolled model of the highest of these means; the cheaper of equals.
  private func best(_ means: [Double?]) -> Int? {
    enrolled.filter { means[$0] != nil }.max { a, b in
      let (x, y) = (means[a] ?? 0, means[b] ?? 0)
      return x == y ? price(a) > price(b) : x < y
    }
  }

  private func bestPerTask() -> ComparedPolicy? {
    guard let overall = best(tally.means(.reward, task: nil)) else { return nil }
    let best = Dictionary(
      uniqueKeysWithValues: tally.taskNames.map { ($0, self.best(tally.means(.reward, task: $0)) ?? overall) })
    let arms = catalog.models.count
    return ComparedPolicy(PolicyKind.bestPerTask.rawValue) { cell in
      let pick = best[cell.task] ?? overall
      return (0..<arms).map { $0 == pick ? 1 : 0 }
    }
  }

  /// On training means: of all pairs of models that cost less and more than the candidate, the one with the most reward, in
  /// words and as a policy; nil where no cost or reward is known.
  func costMatchedMix() -> (name: String, arms: [Int], policy: ComparedPolicy)? {
    let (rewards, costs) = (tally.means(.reward, task: nil), tally.means(.cost, task: nil))
    let known = enrolled.filter { rewards[$0] != nil && costs[$0] != nil }
    let target = candidateCost(costs)
    var best: (reward: Double, cheap: Int, dear: Int, share: Double)?
    for cheap in known {
      for dear in known {
        guard let (low, high) = pair(costs, cheap, dear), low <= target || cheap == dear else { continue }
        let share = high > low ? min(max((target - low) / (high - low), 0), 1) : 0
        guard low + share * (high - low) <= target * (1 + 1e-9) else { continue }
        let reward = (1 - share) * (rewards[cheap] ?? 0) + share * (rewards[dear] ?? 0)
        if reward > best?.reward ?? -1 { best = (reward, cheap, dear, share) }
      }
    }
    return best.map { best in
      let probabilities = catalog.models.indices.map {
        ($0 == best.cheap ? 1 - best.share : 0) + ($0 == best.dear ? best.share : 0)
      }
      let arms = catalog.models.indices.filter { probabilities[$0] > 0 }
      let parts = arms.map {
        "\((100 * probabilities[$0]).decimals(0)) % \(catalog.models[$0].slug.shortened())"
      }
      return (
        parts.joined(separator: " and "), arms,
        ComparedPolicy(PolicyKind.costMatchedMix.rawValue, everywhere: probabilities)
      )
    }
  }

  private func pair(_ costs: [Double?], _ cheap: Int, _ dear: Int) -> (Double, Double)? {
    guard let low = costs[cheap], let high = costs[dear], low <= high else { return nil }
    return (low, high)
  }

  /// What training expects the candidate to cost, over the training rows of its cells. A model of which no cost is known costs
  /// what the replay expects of it.
  private func candidateCost(_ overall: [Double?]) -> Double {
    var (sum, rows) = (0.0, 0.0)
    let prices = catalog.models.map(\.price)
    let hasUnknown = overall.contains { $0 == nil }
    var expectations: [String: [Double]] = [:]
    for (number, cell) in candidate.cells.enumerated() where candidate.count(at: number) > 0 {
      let probabilities = candidate.serve(cell, catalog: catalog, rule: rule).probabilities
      let known = zip(tally.means(.cost, task: cell.task), overall).map { $0 ?? $1 }
      let expected =
        expectations[cell.task] ?? (hasUnknown ? Expectations(tally, task: cell.task, prices: prices).cost : [])
      expectations[cell.task] = expected
      let costs = known.enumerated().map { $1 ?? expected[$0] }
      sum += Double(candidate.count(at: number)) * zip(probabilities, costs).reduce(0) { $0 + $1.0 * $1.1 }
      rows += Double(candidate.count(at: number))
    }
    return rows > 0 ? sum / rows : 0
  }

  private func oracle() -> ComparedPolicy? {
    guard let truth else { return nil }
    let (catalog, rule, exploration) = (catalog, rule, candidate.exploration)
    let slugs = catalog.models.map(\.slug)
    let known = Dictionary(
      truth.cells.map { cell in (cell.cell, slugs.map { cell.models[$0]?.reward ?? 0 }) },
      uniquingKeysWith: { first, _ in first })
    return ComparedPolicy(PolicyKind.oracle.rawValue) { cell in
      let quality = known[cell.description] ?? catalog.priors
      let floor = catalog.floor(task: cell.task)
      return Policy.probabilities(
        catalog, pick: rule.decide(catalog, floor: floor, quality: quality, upperBound: quality).arm, floor: floor,
        upperBound: quality, exploration: exploration)
    }
  }
}
