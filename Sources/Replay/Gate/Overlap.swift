public import Outcomes

/// Whether a log shows what a policy would do. What is not known is not printed: an estimate without overlap is absent, with
/// its reason.
public struct Overlap: Sendable {
  /// The effective sample size under which an estimate is absent, in rows.
  public static let minimumRows = 30.0
  /// The effective sample size under which nothing is said of a single model, in rows.
  public static let minimumSingleModelRows = 100.0
  /// The rows of a model in a task under which the log hardly ever chose it there.
  static let rareRows = 10
  /// The share of a policy's choices that may be of such models: twice what exploration takes.
  static let rareShare = 0.1

  /// The share of the traffic that lies in tasks in which each model was hardly ever chosen, by arm.
  private let rareTraffic: [Double]
  /// Why the candidate's estimates are absent; nil where they are not.
  public let candidateAbsence: String?
  /// Why the incumbent's estimates are absent; nil where they are not.
  public let incumbentAbsence: String?

  /// Looks at a replay.
  /// - Parameters:
  ///   - cells: the cells by the replay's numbers.
  ///   - models: the slugs by arm.
  public init(_ replay: PairedReplay, cells: [Cell], models: [String]) {
    let rare = Overlap.rareArms(replay, cells: cells)
    let total = replay.cellLift.reduce(0) { $0 + $1.weight }
    rareTraffic = models.indices.map { arm in
      let inRare = replay.cells.indices.reduce(0.0) {
        $0 + (rare[cells[$1].task]?[arm] == true ? replay.cellLift[$1].weight : 0)
      }
      return total > 0 ? inRare / total : 1
    }
    candidateAbsence = Overlap.absence(replay, replay.candidate, \.candidate, cells, models, rare)
    incumbentAbsence = Overlap.absence(replay, replay.incumbent, \.incumbent, cells, models, rare)
  }

  /// Why the lift is absent; nil where it is not.
  public var liftAbsence: String? {
    candidateAbsence.map { "candidate: \($0)" } ?? incumbentAbsence.map { "incumbent: \($0)" }
  }

  /// Whether the log shows enough of a model served to all for an estimate with this effective sample size, in rows: in all
  /// tasks but a tenth of the traffic.
  public func shows(arm: Int, in replay: PairedReplay, rows: Double) -> Bool {
    replay.effectiveSampleSize(arm: arm) >= rows && rareTraffic[arm] <= Overlap.rareShare
  }

  /// Whether each arm was hardly ever chosen, by task.
  private static func rareArms(_ replay: PairedReplay, cells: [Cell]) -> [String: [Bool]] {
    replay.armRows(byTask: cells).mapValues { $0.map { $0 < rareRows } }
  }

  private static func absence(
    _ replay: PairedReplay, _ policy: PolicyReplay,
    _ side: KeyPath<(candidate: ArraySlice<Double>, incumbent: ArraySlice<Double>), ArraySlice<Double>>,
    _ cells: [Cell], _ models: [String], _ rare: [String: [Bool]]
  ) -> String? {
    guard replay.rows > 0 else { return "there are no holdout rows" }
    guard policy.effectiveSampleSize >= minimumRows else {
      return "the effective sample size is \(policy.effectiveSampleSize.decimals(0)), under "
        + minimumRows.decimals(0)
    }
    var (mass, total) = (0.0, 0.0)
    var byModel = [Double](repeating: 0, count: models.count)
    for number in replay.cells.indices {
      let weight = replay.cellLift[number].weight
      total += weight
      guard weight > 0, let rare = rare[cells[number].task], rare.contains(true) else { continue }
      for (arm, probability) in replay.probabilities(cell: number)[keyPath: side].enumerated() where rare[arm] {
        mass += weight * probability
        byModel[arm] += weight * probability
      }
    }
    guard total > 0, mass / total > rareShare, let worst = byModel.indices.max(by: { byModel[$0] < byModel[$1] })
    else { return nil }
    return "\((100 * mass / total).decimals(0)) % of its choices are of models that the log hardly ever chose, most of "
      + models[worst].shortened()
  }
}
