public import Outcomes
public import Policies

/// The true value of each model in each cell of a world.
public struct Truth: Codable, Sendable {
  /// The truth of one cell.
  public struct CellTruth: Codable, Sendable {
    /// `task:tenant:band`.
    public let cell: String
    /// The share of the traffic.
    public let share: Double
    /// The models by slug.
    public let models: [String: ModelTruth]
  }

  /// The truth of a model in a cell.
  public struct ModelTruth: Codable, Sendable {
    /// The mean reward, in [0,1].
    public let reward: Double
    /// The probability that a call is done.
    public let done: Double
    /// The mean cost in USD.
    public let cost: Double

    enum CodingKeys: String, CodingKey {
      case reward, done
      case cost = "cost_usd"
    }
  }

  /// The true value of a policy for an outcome.
  public struct Value: Codable, Sendable, Equatable {
    /// The mean reward, in [0,1].
    public var reward = 0.0
    /// The share done, in [0,1].
    public var done = 0.0
    /// The mean cost in USD.
    public var cost = 0.0

    /// What one value has over another.
    public static func - (first: Value, second: Value) -> Value {
      var result = first
      result.reward -= second.reward
      result.done -= second.done
      result.cost -= second.cost
      return result
    }

    /// A worth of nothing.
    public init() {}

    /// Reads a value; the cost's key may have been turned from snake case.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      reward = try container.decode(Double.self, forKey: .reward)
      done = try container.decode(Double.self, forKey: .done)
      cost =
        try container.decodeIfPresent(Double.self, forKey: .turnedCost) ?? container.decode(Double.self, forKey: .cost)
    }

    /// Writes a value.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(reward, forKey: .reward)
      try container.encode(done, forKey: .done)
      try container.encode(cost, forKey: .cost)
    }

    enum CodingKeys: String, CodingKey {
      case reward, done
      case cost = "cost_usd"
      case turnedCost = "costUsd"
    }
  }

  /// The cells.
  public let cells: [CellTruth]

  /// The true value of a policy as it serves the cells, exploration included.
  public func value(of policy: Policy, catalog: Catalog, rule: DecisionRule) -> Value {
    value(catalog) { cell, _ in policy.serve(cell, catalog: catalog, rule: rule).probabilities }
  }

  /// The true value of any policy.
  public func value(of policy: ComparedPolicy, catalog: Catalog) -> Value {
    value(catalog) { cell, _ in policy.probabilities(cell) }
  }

  /// The best that the decision rule could do with the same exploration, if it knew the true qualities.
  public func bestPossible(catalog: Catalog, rule: DecisionRule, exploration: Double) -> Value {
    let slugs = catalog.models.map(\.slug)
    return value(catalog) { cell, models in
      let quality = slugs.map { models[$0]?.reward ?? 0 }
      let floor = catalog.floor(task: cell.task)
      let pick = rule.decide(catalog, floor: floor, quality: quality, upperBound: quality).arm
      return Policy.probabilities(
        catalog, pick: pick, floor: floor, upperBound: quality, exploration: exploration)
    }
  }

  private func value(_ catalog: Catalog, _ serve: (Cell, [String: ModelTruth]) -> [Double]) -> Value {
    let slugs = catalog.models.map(\.slug)
    var value = Value()
    for truth in cells {
      guard let cell = Cell(truth.cell) else { continue }
      for (slug, probability) in zip(slugs, serve(cell, truth.models)) {
        guard let model = truth.models[slug] else { continue }
        value.reward += truth.share * probability * model.reward
        value.done += truth.share * probability * model.done
        value.cost += truth.share * probability * model.cost
      }
    }
    return value
  }
}
