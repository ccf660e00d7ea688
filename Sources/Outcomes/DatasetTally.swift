/// What the first pass over a dataset keeps.
struct DatasetTally {
  private let arms: Int
  private var total = 0
  private var dropped: [FunnelStep: Int] = [:]
  private var judgeRows: [Int] = []
  private var judgeFirst: [Instant] = []
  private var sourceRows: [Int] = []
  private var eligible: [Instant] = []
  private var unjudged: [(instant: Instant, pair: Int32)] = []
  private var eligiblePairs: [Int32] = []
  private var first: Instant?
  /// The last instant.
  private(set) var last: Instant?

  init(arms: Int) { self.arms = arms }

  /// Adds a row, with its outcome where it is traffic.
  mutating func add(_ row: DatasetRow, outcome: Outcome?) {
    total += 1
    first = min(first ?? row.instant, row.instant)
    last = max(last ?? row.instant, row.instant)
    let pair = outcome.map { Int32($0.cell * arms + $0.arm) }
    if let step = row.step {
      dropped[step, default: 0] += 1
      if let pair { unjudged.append((row.instant, pair)) }
      return
    }
    while judgeRows.count <= row.judge {
      judgeRows.append(0)
      judgeFirst.append(row.instant)
    }
    while sourceRows.count <= row.source { sourceRows.append(0) }
    if judgeRows[row.judge] == 0 { judgeFirst[row.judge] = row.instant }
    judgeFirst[row.judge] = min(judgeFirst[row.judge], row.instant)
    judgeRows[row.judge] += 1
    sourceRows[row.source] += 1
    eligible.append(row.instant)
    eligiblePairs.append(pair ?? 0)
  }

  /// The survey, and the first instant of the holdout.
  func survey(
    holdoutShare: Double, judges: NameIndex, sources: NameIndex, cells: [Cell], models: [String]
  ) -> (survey: Survey, cut: Instant?) {
    let offset = Int(Double(eligible.count) * (1 - holdoutShare))
    let sorted = eligible.sorted()
    let cut = sorted.isEmpty ? nil : sorted[min(offset, sorted.count - 1)]
    let training = cut.map { cut in eligible.count { $0 < cut } } ?? 0
    func named(_ counts: [Int], _ names: NameIndex) -> [String: Int] {
      Dictionary(
        counts.indices.filter { counts[$0] > 0 }.map { (names[$0], counts[$0]) }, uniquingKeysWith: +)
    }
    var survey = Survey(
      total: total, dropped: dropped, judges: named(judgeRows, judges),
      newJudges: judgeRows.indices.filter { number in
        judgeRows[number] > 0 && cut.map { judgeFirst[number] >= $0 } == true
      }
      .map { judges[$0] }.sorted(),
      sources: named(sourceRows, sources), training: training, holdout: eligible.count - training,
      window: (first?.description ?? "")...(last?.description ?? ""), cut: cut?.description)
    if let cut, !unjudged.isEmpty { survey.strata = strata(from: cut, cells: cells, models: models) }
    return (survey, cut)
  }

  private func strata(from cut: Instant, cells: [Cell], models: [String]) -> [Stratum: StratumCount] {
    var result: [Stratum: StratumCount] = [:]
    func add(_ pair: Int32, judged: Int) {
      let cell = cells[Int(pair) / arms]
      let stratum = Stratum(task: cell.task, band: cell.band, model: models[Int(pair) % arms])
      result[stratum, default: StratumCount(outcomes: 0, judged: 0)].outcomes += 1
      result[stratum, default: StratumCount(outcomes: 0, judged: 0)].judged += judged
    }
    for (instant, pair) in zip(eligible, eligiblePairs) where instant >= cut { add(pair, judged: 1) }
    for row in unjudged where row.instant >= cut { add(row.pair, judged: 0) }
    return result
  }
}
