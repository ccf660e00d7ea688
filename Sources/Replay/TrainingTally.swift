public import Outcomes

/// What replay needs of the training rows beside the fit: sums by task and arm, never a row.
public struct TrainingTally: Sendable {
  private struct Sums {
    var weight = 0.0
    var done = 0.0
    var cost = 0.0
    var leastPropensity = Double.infinity
    var rows = 0
    var inverseSquares = 0.0

    mutating func add(_ other: Sums) {
      weight += other.weight
      done += other.done
      cost += other.cost
    }
  }

  private let arms: Int
  private var tasks: [String: Int] = [:]
  private var taskOfCell: [Int] = []
  private var sums: [Sums] = []
  /// The labels of the training rows.
  public private(set) var labels: LabelTally
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
    if outcome.isDone { sums[pair].done += weight }
    sums[pair].cost += weight * outcome.cost
    sums[pair].rows += 1
    switch outcome.propensity {
    case .logged(let propensity):
      sums[pair].leastPropensity = min(sums[pair].leastPropensity, propensity)
      sums[pair].inverseSquares += 1 / (propensity * propensity)
    case .deterministic: sums[pair].inverseSquares += 1
    case .unknown, .invalid: break
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

  /// The expected done and cost (USD) of each arm in a task: its training means there, shrunk to the arm's own mean over
  /// all tasks with the strength of `prior` rows, and that to the mean of all arms.
  public func expectations(task: String, prior: Double = 20) -> (done: [Double], cost: [Double]) {
    let total = sums.reduce(into: Sums()) { $0.add($1) }
    let overallDone = total.weight > 0 ? total.done / total.weight : 0
    let overallCost = total.weight > 0 ? total.cost / total.weight : 0
    var done: [Double] = []
    var cost: [Double] = []
    for arm in 0..<arms {
      let own = stride(from: arm, to: sums.count, by: arms).reduce(into: Sums()) { $0.add(sums[$1]) }
      let ownDone = (prior * overallDone + own.done) / (prior + own.weight)
      let ownCost = own.weight > 0 ? own.cost / own.weight : overallCost
      let here = tasks[task].map { sums[$0 * arms + arm] } ?? Sums()
      done.append((prior * ownDone + here.done) / (prior + here.weight))
      cost.append((prior * ownCost + here.cost) / (prior + here.weight))
    }
    return (done, cost)
  }

  /// The mean of `1/μ` of each arm over the task's training rows, estimated as the mean of `1{chosen}/μ²`.
  public func meanInversePropensities(task: String) -> [Double] {
    guard let task = tasks[task] else { return Array(repeating: 0, count: arms) }
    let here = sums[task * arms..<(task + 1) * arms]
    let rows = here.reduce(0) { $0 + $1.rows }
    return here.map { rows > 0 ? $0.inverseSquares / Double(rows) : 0 }
  }

  /// The least propensity that was logged for the arm in the task; nil where none was.
  public func leastPropensity(task: String, arm: Int) -> Double? {
    guard let task = tasks[task] else { return nil }
    let least = sums[task * arms + arm].leastPropensity
    return least.isFinite ? least : nil
  }
}
