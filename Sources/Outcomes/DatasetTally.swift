/// What the first pass over a dataset keeps.
struct DatasetTally {
  /// The microseconds of an hour.
  private static let hour: Int64 = 3_600_000_000

  private let arms: Int
  private var total = 0
  private var dropped: [FunnelStep: Int] = [:]
  private var judgeRows: [Int] = []
  private var judgeFirst: [Instant] = []
  private var sourceRows: [Int] = []
  private var eligible: [(instant: Instant, pair: Int32, isJudged: Bool)] = []
  private var unjudged: [(instant: Instant, pair: Int32)] = []
  private var hours: [Int64: (judged: Int, lowest: Int)] = [:]
  private var hasCosts = false
  private var first: Instant?
  private var last: Instant?

  init(arms: Int) { self.arms = arms }

  /// Adds a row, with its outcome where it is traffic.
  mutating func add(_ row: DatasetRow, outcome: Outcome?) {
    total += 1
    first = min(first ?? row.instant, row.instant)
    last = max(last ?? row.instant, row.instant)
    hasCosts = hasCosts || row.hasCost
    let pair = outcome.map { Int32($0.cell * arms + $0.arm) }
    if let step = row.step {
      dropped[step, default: 0] += 1
      if let pair { unjudged.append((row.instant, pair)) }
      return
    }
    let isJudged = row.status == .succeeded
    if isJudged { count(judge: row.judge, score: row.score, at: row.instant) }
    while sourceRows.count <= row.source { sourceRows.append(0) }
    sourceRows[row.source] += 1
    eligible.append((row.instant, pair ?? 0, isJudged))
  }

  private mutating func count(judge: Int, score: Double, at instant: Instant) {
    let (whole, rest) = instant.microseconds.quotientAndRemainder(dividingBy: DatasetTally.hour)
    let number = whole - (rest < 0 ? 1 : 0)
    hours[number, default: (0, 0)].judged += 1
    if score == 1 { hours[number, default: (0, 0)].lowest += 1 }
    while judgeRows.count <= judge {
      judgeRows.append(0)
      judgeFirst.append(instant)
    }
    judgeFirst[judge] = judgeRows[judge] == 0 ? instant : min(judgeFirst[judge], instant)
    judgeRows[judge] += 1
  }

  /// The survey, and the instants that part the rows; nil without an eligible row.
  func survey(
    holdoutShare: Double, judges: NameIndex, sources: NameIndex, cells: [Cell], models: [String]
  ) -> (survey: Survey, bounds: DatasetBounds?) {
    let sorted = eligible.map(\.instant).sorted()
    let bounds = last.flatMap { DatasetBounds(sorted, holdoutShare: holdoutShare, end: $0) }
    let training = bounds.map { bounds in eligible.count { $0.instant < bounds.cut } } ?? 0
    func named(_ counts: [Int], _ names: NameIndex) -> [String: Int] {
      Dictionary(
        counts.indices.filter { counts[$0] > 0 }.map { (names[$0], counts[$0]) }, uniquingKeysWith: +)
    }
    var survey = Survey(
      total: total, dropped: dropped, judges: named(judgeRows, judges),
      newJudges: judgeRows.indices.filter { number in
        judgeRows[number] > 0 && bounds.map { judgeFirst[number] >= $0.cut } == true
      }
      .map { judges[$0] }.sorted(),
      sources: named(sourceRows, sources), training: training, holdout: eligible.count - training,
      window: (first?.description ?? "")...(last?.description ?? ""), cut: bounds?.cut.description)
    survey.failures = eligible.count { !$0.isJudged }
    survey.hasCosts = hasCosts
    survey.hours = hours.sorted { $0.key < $1.key }.map { number, counts in
      Survey.Hour(
        number: Int(number), start: String(Instant(microseconds: number * DatasetTally.hour).description.prefix(16)),
        judged: counts.judged, lowest: counts.lowest)
    }
    guard let bounds else { return (survey, nil) }
    survey.periods = bounds.periods.map(\.description)
    if !unjudged.isEmpty { survey.strata = strata(cut: bounds.cut, cells: cells, models: models) }
    return (survey, bounds)
  }

  private func strata(cut: Instant, cells: [Cell], models: [String]) -> Survey.Strata {
    var result = Survey.Strata()
    func add(_ pair: Int32, _ instant: Instant, judged: Int) {
      let cell = cells[Int(pair) / arms]
      let stratum = Stratum(task: cell.task, band: cell.band, model: models[Int(pair) % arms])
      let half = instant < cut ? \Survey.Strata.training : \.holdout
      result[keyPath: half][stratum, default: StratumCount(outcomes: 0, judged: 0)].outcomes += 1
      result[keyPath: half][stratum, default: StratumCount(outcomes: 0, judged: 0)].judged += judged
    }
    for row in eligible where row.isJudged { add(row.pair, row.instant, judged: 1) }
    for row in unjudged { add(row.pair, row.instant, judged: 0) }
    return result
  }
}

/// The instants that part a dataset's rows: the cut, the periods of the holdout, and the end from which ages are taken.
struct DatasetBounds {
  let cut: Instant
  /// The first instants of the holdout's periods but the first.
  let periods: [Instant]
  let end: Instant

  /// - Parameter sorted: the instants of the eligible rows.
  init?(_ sorted: [Instant], holdoutShare: Double, end: Instant) {
    guard !sorted.isEmpty else { return nil }
    let offset = min(Int(Double(sorted.count) * (1 - holdoutShare)), sorted.count - 1)
    cut = sorted[offset]
    periods = HoldoutPeriod.offsets(rows: sorted.count - offset).map { sorted[offset + $0] }
    self.end = end
  }

  @inline(__always)
  func period(of instant: Instant) -> Int {
    var period = 0
    while period < periods.count, instant >= periods[period] { period += 1 }
    return period
  }
}
