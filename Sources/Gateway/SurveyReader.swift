internal import Outcomes
internal import Postgres

/// Counts the window: one pass over the rows, and a look into each hour in which the cut or a period begins.
struct SurveyReader {
  let queries: OutcomeQueries
  let selection: OutcomeSelection

  func read(_ connection: borrowing Connection, window: ClosedRange<String>) throws -> Survey {
    var survey = Survey(
      total: 0, dropped: [:], judges: [:], newJudges: [], sources: [:], training: 0, holdout: 0, window: window,
      cut: nil)
    var hours: [String: Int] = [:]
    var labels: [Int: Survey.Hour] = [:]
    var firstLabels: [String: String] = [:]
    for row in try connection.query(queries.survey).rows {
      let count = row[4].flatMap { Int($0) } ?? 0
      survey.total += count
      if let step = row[0].flatMap({ Int($0) }).flatMap({ FunnelStep(rawValue: $0) }) {
        survey.dropped[step, default: 0] += count
        continue
      }
      survey.sources[row[2] ?? "unknown", default: 0] += count
      hours[row[3] ?? "", default: 0] += count
      guard row[6] != "t" else {
        survey.failures += count
        continue
      }
      let judge = row[1] ?? "unknown"
      survey.judges[judge, default: 0] += count
      let number = row[8].flatMap { Int($0) } ?? 0
      var hour =
        labels[number]
        ?? Survey.Hour(number: number, start: String((row[3] ?? "").prefix(16)), judged: 0, lowest: 0)
      hour.judged += count
      hour.lowest += row[7].flatMap { Int($0) } ?? 0
      labels[number] = hour
      let first = row[5] ?? ""
      firstLabels[judge] = firstLabels[judge].map { min($0, first) } ?? first
    }
    survey.hours = labels.sorted { $0.key < $1.key }.map(\.value)
    let eligible = hours.values.reduce(0, +)
    guard eligible > 0 else { return survey }
    let offset = min(Int(Double(eligible) * (1 - selection.holdoutShare)), eligible - 1)
    let (cut, hour, before) = try place(connection, hours: hours, offset: offset)
    let inHour = try connection.query(queries.count(from: hour, before: cut)).scalar
    let training = before + (inHour.flatMap { Int($0) } ?? 0)
    survey.cut = cut
    survey.training = training
    survey.holdout = eligible - survey.training
    survey.periods = try HoldoutPeriod.offsets(rows: eligible - offset).map {
      try place(connection, hours: hours, offset: offset + $0).instant
    }
    let isJudgingPartial = FunnelStep.judging.contains { survey.dropped[$0, default: 0] > 0 }
    if isJudgingPartial { survey.strata = try strata(connection, cut: cut) }
    survey.newJudges = firstLabels.filter { $0.value >= cut }.keys.sorted()
    return survey
  }

  private func strata(_ connection: borrowing Connection, cut: String) throws -> Survey.Strata {
    var result = Survey.Strata()
    for row in try connection.query(queries.strata(cut: cut)).rows {
      let stratum = Stratum(task: row[0] ?? "", band: row[1] ?? "", model: row[2] ?? "")
      let half = row[3] == "t" ? \Survey.Strata.holdout : \.training
      result[keyPath: half][stratum] = StratumCount(
        outcomes: row[4].flatMap { Int($0) } ?? 0, judged: row[5].flatMap { Int($0) } ?? 0)
    }
    return result
  }

  /// The instant of the eligible row that has `offset` others before it, its hour, and the number of rows before that hour.
  private func place(
    _ connection: borrowing Connection, hours: [String: Int], offset: Int
  ) throws -> (instant: String, hour: String, before: Int) {
    var before = 0
    for (hour, rows) in hours.sorted(by: { $0.key < $1.key }) {
      if offset < before + rows {
        let instant = try connection.query(queries.cut(hour: hour, offset: offset - before)).scalar
        guard let instant else { break }
        return (instant, hour, before)
      }
      before += rows
    }
    throw GatewayError.badRows("the instant of the cut could not be found")
  }
}
