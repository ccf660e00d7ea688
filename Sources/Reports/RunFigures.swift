public import Outcomes
public import Replay

/// What the plots of a run's page show beside its numbers.
public struct RunFigures: Codable, Sendable {
  /// One model served to all, by the same replay.
  public struct SingleModel: Codable, Sendable {
    let name: String
    let reward: Double
    let done: Double
    let costUsd: Double
  }

  /// Rows whose reward was predicted in one tenth.
  public struct CalibrationBin: Codable, Sendable {
    let rows: Int
    let predicted: Double
    let observed: Double
  }

  /// Rows of one weight.
  public struct WeightBin: Codable, Sendable {
    let upTo: Double
    let rows: Int
  }

  /// The cells of a task and a band, over all tenants.
  public struct TaskBand: Codable, Sendable {
    let task: String
    let band: String
    /// The holdout rows.
    let rows: Int
    /// Those of cells whose pick changed.
    let changedRows: Int
    /// The mean lift in done.
    let doneLift: Double
  }

  let singleModels: [SingleModel]
  /// Models that the log shows too little of, with the effective sample size in rows.
  let absentSingleModels: [String: Double]
  let calibration: [CalibrationBin]
  let unusedRows: Int
  let weights: [WeightBin]
  let taskBands: [TaskBand]

  /// Reads them off a replay.
  /// - Parameters:
  ///   - cells: the cells in the order of the replay's.
  ///   - costs: how many costs are known by arm; a model of which none is has no place among costs.
  public init(_ replay: PairedReplay, cells: [Cell], catalog: Catalog, costs: [CostCount]) {
    let overlap = Overlap(replay, cells: cells, models: catalog.models.map(\.slug))
    let hasCosts = replay.served(.cost).rows.count > 0
    let enrolled = catalog.models.indices.filter { hasCosts && catalog.models[$0].isEnrolled && costs[$0].known > 0 }
    absentSingleModels = Dictionary(
      enrolled.filter { !overlap.shows(arm: $0, in: replay, rows: Overlap.minimumRows) }.map {
        (catalog.models[$0].slug, replay.effectiveSampleSize(arm: $0))
      }, uniquingKeysWith: { first, _ in first })
    singleModels = enrolled.filter { overlap.shows(arm: $0, in: replay, rows: Overlap.minimumRows) }.map { arm in
      SingleModel(
        name: catalog.models[arm].slug, reward: replay.singleArmValue(.reward, arm: arm),
        done: replay.singleArmValue(.done, arm: arm), costUsd: replay.singleArmValue(.cost, arm: arm))
    }
    calibration = replay.calibration.bins.map {
      CalibrationBin(rows: $0.rows, predicted: $0.meanPrediction, observed: $0.meanReward)
    }
    unusedRows = replay.candidate.weightHistogram.zero
    weights = replay.candidate.weightHistogram.bins.map { WeightBin(upTo: $0.upTo, rows: $0.rows) }
    taskBands = RunFigures.taskBands(replay, cells)
  }

  /// The holdout rows that the calibration counts.
  public var rows: Int { calibration.reduce(0) { $0 + $1.rows } }

  private static func taskBands(_ replay: PairedReplay, _ cells: [Cell]) -> [TaskBand] {
    var groups: [[String]: (task: String, band: String, numbers: [Int])] = [:]
    for number in replay.cells.indices where replay.cellLift[number].count > 0 {
      let cell = cells[number]
      groups[[cell.task, cell.band], default: (cell.task, cell.band, [])].numbers.append(number)
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { _, group in
      let lifts = group.numbers.map { replay.cellLift[$0] }
      let weight = lifts.reduce(0) { $0 + $1.weight }
      return TaskBand(
        task: group.task, band: group.band, rows: lifts.reduce(0) { $0 + $1.count },
        changedRows: group.numbers.reduce(0) { $0 + (replay.cells[$1].isChanged ? replay.cellLift[$1].count : 0) },
        doneLift: weight > 0 ? lifts.reduce(0) { $0 + $1.sum } / weight : 0)
    }
  }
}
