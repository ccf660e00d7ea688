public import Outcomes

/// What the rows of one half of a log come to by task and model: sums, never a row.
///
/// The expectations of a replay, the checks of labels and costs, and the comparison of the halves follow from it.
/// - Complexity: memory in tasks × arms.
public struct OutcomeTally: Sendable {
  /// The sums of one task and model, or of several added up.
  public struct Sums: Sendable {
    /// Rows.
    public private(set) var rows = 0
    /// Rows whose call failed.
    public private(set) var failures = 0
    /// Judged rows of the lowest score.
    public private(set) var zeros = 0
    /// The rewards, failed calls as 0.
    public private(set) var reward = Moments()
    /// 1 of a call that is done, else 0.
    public private(set) var done = Moments()
    /// 1 of a call that failed, else 0.
    public private(set) var failure = Moments()
    /// The costs that are known, in USD.
    public private(set) var cost = Moments()
    /// The failed calls whose cost is not known.
    public private(set) var failuresWithoutCost = 0
    /// The least propensity that was logged, a deterministic choice as 1; infinite where none was.
    var leastPropensity = Double.infinity
    /// `Σ w/μ²` over the rows whose propensity is known, w being how many outcomes of the traffic a row stands for.
    var inverseSquares = 0.0
    /// `Σ w` over the rows whose propensity is not known.
    var unknownTraffic = 0.0
    /// `Σ w` over all rows.
    var traffic = 0.0

    /// Rows whose call succeeded, all of which are judged.
    public var judged: Int { rows - failures }

    /// The moments of a quantity.
    public subscript(quantity: Quantity) -> Moments {
      switch quantity {
      case .reward: reward
      case .done: done
      case .cost: cost
      }
    }

    @inline(__always)
    mutating func add(_ outcome: Outcome, weight: Double) {
      rows += 1
      reward.add(outcome.reward, weight: weight)
      done.add(outcome.isDone ? 1 : 0, weight: weight)
      failure.add(outcome.succeeded ? 0 : 1, weight: weight)
      if let value = outcome.cost { cost.add(value, weight: weight) }
      if !outcome.succeeded {
        failures += 1
        if outcome.cost == nil { failuresWithoutCost += 1 }
      } else if outcome.reward == 0 {
        zeros += 1
      }
    }

    mutating func add(_ other: Sums) {
      rows += other.rows
      failures += other.failures
      zeros += other.zeros
      reward.merge(other.reward)
      done.merge(other.done)
      failure.merge(other.failure)
      cost.merge(other.cost)
      failuresWithoutCost += other.failuresWithoutCost
      leastPropensity = min(leastPropensity, other.leastPropensity)
      inverseSquares += other.inverseSquares
      unknownTraffic += other.unknownTraffic
      traffic += other.traffic
    }
  }

  /// The number of arms.
  public let arms: Int
  private var tasks: [String: Int] = [:]
  private var taskOfCell: [Int] = []
  private var sums: [Sums] = []
  private(set) var rewardRange: ClosedRange<Double>?
  /// Whether a row was read whose propensity must be estimated.
  public private(set) var hasUnknownPropensities = false
  /// Rows read.
  public private(set) var rows = 0

  /// Makes the tally of no rows.
  public init(arms: Int) { self.arms = arms }

  /// Adds a row, whose cell the directory knows.
  /// - Parameters:
  ///   - weight: the weight of the row in the means.
  ///   - traffic: how many outcomes of the traffic the row stands for.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, weight: Double, traffic: Double, directory: CellDirectory) {
    if outcome.cell >= taskOfCell.count { resolve(directory) }
    let task = taskOfCell[outcome.cell]
    let pair = task * arms + outcome.arm
    sums[pair].add(outcome, weight: weight)
    sums[pair].traffic += traffic
    switch outcome.propensity {
    case .logged(let propensity): note(propensity, traffic: traffic, pair: pair)
    case .deterministic: note(1, traffic: traffic, pair: pair)
    case .unknown:
      hasUnknownPropensities = true
      sums[pair].unknownTraffic += traffic
    case .invalid: break
    }
    if outcome.succeeded {
      let (low, high) = (rewardRange?.lowerBound ?? outcome.reward, rewardRange?.upperBound ?? outcome.reward)
      if outcome.reward < low || outcome.reward > high || rewardRange == nil {
        rewardRange = min(low, outcome.reward)...max(high, outcome.reward)
      }
    }
    rows += 1
  }

  @inline(__always)
  private mutating func note(_ propensity: Double, traffic: Double, pair: Int) {
    sums[pair].leastPropensity = min(sums[pair].leastPropensity, propensity)
    sums[pair].inverseSquares += traffic / (propensity * propensity)
  }

  private mutating func resolve(_ directory: CellDirectory) {
    for cell in directory.cells[taskOfCell.count...] {
      let task = tasks[cell.task] ?? tasks.count
      if task == tasks.count {
        tasks[cell.task] = task
        sums.append(contentsOf: repeatElement(Sums(), count: arms))
      }
      taskOfCell.append(task)
    }
  }

  /// The tasks of the rows, in the order of their bytes.
  public var taskNames: [String] { tasks.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// The sums of a model in a task; of no rows where there are none.
  public func sums(task: String, arm: Int) -> Sums { tasks[task].map { sums[$0 * arms + arm] } ?? Sums() }

  /// The sums of a model over all tasks.
  public func sums(arm: Int) -> Sums {
    stride(from: arm, to: sums.count, by: arms).reduce(into: Sums()) { $0.add(sums[$1]) }
  }

  /// The sums of a task over all models.
  public func sums(task: String) -> Sums {
    guard let task = tasks[task] else { return Sums() }
    return sums[task * arms..<(task + 1) * arms].reduce(into: Sums()) { $0.add($1) }
  }

  /// The sums over all rows.
  public var total: Sums { sums.reduce(into: Sums()) { $0.add($1) } }

  /// The mean of a quantity over the rows of each arm, in a task or in all; nil of an arm without such rows there.
  public func means(_ quantity: Quantity, task: String?) -> [Double?] {
    (0..<arms).map { arm in
      let moments = (task.map { sums(task: $0, arm: arm) } ?? sums(arm: arm))[quantity]
      return moments.weight > 0 ? moments.mean : nil
    }
  }

  /// The share of an arm in the traffic of a task, in [0,1].
  public func share(task: String, arm: Int) -> Double {
    guard let number = tasks[task] else { return 0 }
    let all = sums[number * arms..<(number + 1) * arms].reduce(0) { $0 + $1.traffic }
    return all > 0 ? sums[number * arms + arm].traffic / all : 0
  }

  /// The mean of `1/μ` of each arm over the task's traffic, estimated as the mean of `1{chosen}/μ²`; a propensity that is not
  /// known counts as the arm's share.
  public func meanInversePropensities(task: String) -> [Double] {
    let (sums, traffic) = inverseSquares(task: task)
    return sums.map { traffic > 0 ? $0 / traffic : 0 }
  }

  /// `Σ w/μ²` of each arm over the task's rows, and the traffic that they stand for.
  func inverseSquares(task: String) -> (sums: [Double], traffic: Double) {
    guard let number = tasks[task] else { return (Array(repeating: 0, count: arms), 0) }
    let here = sums[number * arms..<(number + 1) * arms]
    let traffic = here.reduce(0) { $0 + $1.traffic }
    return (
      here.map { own in
        let share = traffic > 0 ? own.traffic / traffic : 0
        return own.inverseSquares + (share > 0 ? own.unknownTraffic / (share * share) : 0)
      }, traffic
    )
  }

  /// The least propensity that was logged for the arm in the task, a deterministic choice as 1; nil where none was.
  public func leastPropensity(task: String, arm: Int) -> Double? {
    let least = sums(task: task, arm: arm).leastPropensity
    return least.isFinite ? least : nil
  }
}
