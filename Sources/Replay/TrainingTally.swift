public import Outcomes

/// What replay needs of the training rows beside the fit: sums by task and arm, never a row.
public struct TrainingTally: Sendable {
  /// What training expects of each arm in a task.
  public struct Expectations: Sendable {
    /// The mean of done.
    public let done: [Double]
    /// The mean cost, in USD.
    public let cost: [Double]
    /// The variance of an outcome, by `Quantity.rawValue`, then by arm.
    public let variances: [[Double]]
  }

  private struct Sums {
    var weight = 0.0
    var sums = InlineArray<3, Double>(repeating: 0)
    var squares = InlineArray<3, Double>(repeating: 0)
    var leastPropensity = Double.infinity
    var rows = 0
    var inverseSquares = 0.0

    @inline(__always)
    mutating func add(_ quantity: Quantity, _ value: Double, weight: Double) {
      sums[quantity.rawValue] += weight * value
      squares[quantity.rawValue] += weight * value * value
    }

    mutating func add(_ other: Sums) {
      weight += other.weight
      for quantity in sums.indices {
        sums[quantity] += other.sums[quantity]
        squares[quantity] += other.squares[quantity]
      }
    }

    /// The means and mean squares; 0 of no rows.
    var means: Means {
      Means(
        first: sums.indices.map { weight > 0 ? sums[$0] / weight : 0 },
        second: squares.indices.map { weight > 0 ? squares[$0] / weight : 0 })
    }

    /// The means and mean squares, shrunk towards others with the strength of `prior` rows.
    func means(towards other: Means, prior: Double) -> Means {
      func shrunk(_ sum: Double, _ target: Double) -> Double { (prior * target + sum) / (prior + weight) }
      return Means(
        first: sums.indices.map { shrunk(sums[$0], other.first[$0]) },
        second: squares.indices.map { shrunk(squares[$0], other.second[$0]) })
    }
  }

  private struct Means {
    var first: [Double]
    var second: [Double]

    func variance(_ quantity: Int) -> Double { max(second[quantity] - first[quantity] * first[quantity], 0) }
  }

  private let arms: Int
  private var tasks: [String: Int] = [:]
  private var taskOfCell: [Int] = []
  private var sums: [Sums] = []
  /// The labels of the training rows.
  public private(set) var labels: LabelTally
  /// Whether a row was read whose propensity must be estimated.
  public private(set) var hasUnknownPropensities = false
  /// Rows read.
  public private(set) var rows = 0

  /// Makes the tally of no rows.
  public init(arms: Int) {
    self.arms = arms
    labels = LabelTally(arms: arms)
  }

  /// Adds a row, whose cell the directory knows.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, directory: CellDirectory) {
    if outcome.cell >= taskOfCell.count { resolve(directory) }
    let pair = taskOfCell[outcome.cell] * arms + outcome.arm
    let weight = outcome.weight
    sums[pair].weight += weight
    sums[pair].add(.reward, outcome.reward, weight: weight)
    sums[pair].add(.done, outcome.isDone ? 1 : 0, weight: weight)
    sums[pair].add(.cost, outcome.cost, weight: weight)
    sums[pair].rows += 1
    switch outcome.propensity {
    case .logged(let propensity):
      sums[pair].leastPropensity = min(sums[pair].leastPropensity, propensity)
      sums[pair].inverseSquares += 1 / (propensity * propensity)
    case .deterministic, .version:
      sums[pair].leastPropensity = min(sums[pair].leastPropensity, 1)
      sums[pair].inverseSquares += 1
    case .unknown: hasUnknownPropensities = true
    case .invalid: break
    }
    labels.add(outcome)
    rows += 1
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

  /// What is expected of each arm in a task: its training means there, shrunk to the arm's own over all tasks with the
  /// strength of `prior` rows, and those of done likewise to all arms'; the variances follow from the means of squares.
  public func expectations(task: String, prior: Double = 20) -> Expectations {
    let overall = sums.reduce(into: Sums()) { $0.add($1) }.means
    let means = (0..<arms).map { arm in
      let total = stride(from: arm, to: sums.count, by: arms).reduce(into: Sums()) { $0.add(sums[$1]) }
      var own = total.means(towards: overall, prior: prior)
      if total.weight > 0 {
        // What a model costs says nothing of what another costs.
        own.first[Quantity.cost.rawValue] = total.means.first[Quantity.cost.rawValue]
        own.second[Quantity.cost.rawValue] = total.means.second[Quantity.cost.rawValue]
      }
      return (tasks[task].map { sums[$0 * arms + arm] } ?? Sums()).means(towards: own, prior: prior)
    }
    return Expectations(
      done: means.map { $0.first[Quantity.done.rawValue] }, cost: means.map { $0.first[Quantity.cost.rawValue] },
      variances: Quantity.allCases.map { quantity in means.map { $0.variance(quantity.rawValue) } })
  }

  /// The tasks of the training rows.
  public var taskNames: [String] { tasks.keys.sorted() }

  /// The mean of a quantity over the training rows of each arm, in a task or in all; nil of an arm without rows there.
  public func means(_ quantity: Quantity, task: String?) -> [Double?] {
    (0..<arms).map { arm in
      let total =
        task.map { name in tasks[name].map { sums[$0 * arms + arm] } ?? Sums() }
        ?? stride(from: arm, to: sums.count, by: arms).reduce(into: Sums()) { $0.add(sums[$1]) }
      return total.weight > 0 ? total.sums[quantity.rawValue] / total.weight : nil
    }
  }

  /// The mean of `1/μ` of each arm over the task's training rows, estimated as the mean of `1{chosen}/μ²`.
  public func meanInversePropensities(task: String) -> [Double] {
    guard let task = tasks[task] else { return Array(repeating: 0, count: arms) }
    let here = sums[task * arms..<(task + 1) * arms]
    let rows = here.reduce(0) { $0 + $1.rows }
    return here.map { rows > 0 ? $0.inverseSquares / Double(rows) : 0 }
  }

  /// The least propensity that was logged for the arm in the task, a deterministic choice as 1; nil where none was.
  public func leastPropensity(task: String, arm: Int) -> Double? {
    guard let task = tasks[task] else { return nil }
    let least = sums[task * arms + arm].leastPropensity
    return least.isFinite ? least : nil
  }
}
