public import Outcomes

/// What training shows of done by tenant: for each tenant, task and model the weight of the rows and the weighted sum of done.
/// - Complexity: memory in pairs of tenant and task × arms.
public struct TenantTally: Sendable {
  private struct Key: Hashable {
    let tenant: String
    let task: String
  }

  private let arms: Int
  private var numbers: [Key: Int] = [:]
  private var numberOfCell: [Int] = []
  private var weights: [Double] = []
  private var done: [Double] = []

  /// Makes the tally of no rows.
  public init(arms: Int) { self.arms = arms }

  /// Adds a row, whose cell the directory knows.
  /// - Parameter weight: the weight of the row in the fit.
  @inline(__always)
  public mutating func add(_ outcome: Outcome, weight: Double, directory: CellDirectory) {
    if outcome.cell >= numberOfCell.count { resolve(directory) }
    let pair = numberOfCell[outcome.cell] * arms + outcome.arm
    weights[pair] += weight
    if outcome.isDone { done[pair] += weight }
  }

  private mutating func resolve(_ directory: CellDirectory) {
    for cell in directory.cells[numberOfCell.count...] {
      let key = Key(tenant: cell.tenant, task: cell.task)
      let number = numbers[key] ?? numbers.count
      if number == numbers.count {
        numbers[key] = number
        weights += repeatElement(0, count: arms)
        done += repeatElement(0, count: arms)
      }
      numberOfCell.append(number)
    }
  }

  /// How far each model's done lies from what its task expects, by tenant: with n rows and a mean distance d, normal about 0
  /// with a spread over the model's tenants that is estimated by moments (DerSimonian and Laird 1986), so `d s/(s + v/n)` for
  /// the spread s and the variance v of a row.
  /// - Parameter expected: what training expects of done in a task, by arm.
  func deviations(expected: (String) -> [Double]) -> [String: [Double]] {
    var distances: [String: [Distance]] = [:]
    var means: [String: [Double]] = [:]
    for (key, number) in numbers.sorted(by: { $0.value < $1.value }) {
      let expectations = means[key.task] ?? expected(key.task)
      means[key.task] = expectations
      var own = distances[key.tenant] ?? Array(repeating: Distance(), count: arms)
      for arm in 0..<arms {
        own[arm].add(done: done[number * arms + arm], weight: weights[number * arms + arm], mean: expectations[arm])
      }
      distances[key.tenant] = own
    }
    let spreads = (0..<arms).map { arm in
      RandomEffects.spread(distances.values.map { ($0[arm].mean, $0[arm].variance) }, about: 0)
    }
    return distances.mapValues { own in
      own.indices.map { own[$0].variance > 0 ? own[$0].mean * spreads[$0] / (spreads[$0] + own[$0].variance) : 0 }
    }
  }

  /// The rows of a tenant and a model beside what their tasks expect.
  private struct Distance {
    private var sum = 0.0
    private var weight = 0.0
    private var spread = 0.0

    mutating func add(done: Double, weight added: Double, mean expected: Double) {
      sum += done - added * expected
      weight += added
      spread += added * expected * (1 - expected)
    }

    /// The mean distance of a row; 0 of no rows.
    var mean: Double { weight > 0 ? sum / weight : 0 }

    /// The variance of that mean; 0 of no rows.
    var variance: Double { weight > 0 ? spread / (weight * weight) : 0 }
  }
}

/// The model of effects that differ from one unit to another: normal about a centre, with a spread to be estimated.
enum RandomEffects {
  /// The variance of the effects beyond that of their estimates, by moments (DerSimonian and Laird 1986), at least 0.
  ///
  /// With weights w = 1/variance about a centre that is given, `(Σ w (x - centre)² - K)/Σ w` for K estimates.
  static func spread(_ estimates: [(mean: Double, variance: Double)], about centre: Double) -> Double {
    let known = estimates.filter { $0.variance > 0 }
    let total = known.reduce(0) { $0 + 1 / $1.variance }
    guard known.count > 1, total > 0 else { return 0 }
    let distance = known.reduce(0) { $0 + ($1.mean - centre) * ($1.mean - centre) / $1.variance }
    return max((distance - Double(known.count)) / total, 0)
  }
}
