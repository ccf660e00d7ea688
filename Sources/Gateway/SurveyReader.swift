internal import Outcomes
internal import Postgres

/// Counts the window: one pass over the rows, and a look into the hour in which the cut lies.
struct SurveyReader {
  let queries: OutcomeQueries
  let selection: OutcomeSelection

  func read(_ connection: borrowing Connection, window: ClosedRange<String>) throws -> Survey {
    var survey = Survey(
      total: 0, dropped: [:], judges: [:], newJudges: [], sources: [:], training: 0, holdout: 0, window: window,
      cut: nil)
    var hours: [String: Int] = [:]
    var firstLabels: [String: String] = [:]
    var hasDeterministic = false
    for row in try connection.query(queries.survey).rows {
      let count = row[4].flatMap { Int($0) } ?? 0
      survey.total += count
      if let step = row[0].flatMap({ Int($0) }).flatMap({ FunnelStep(rawValue: $0) }) {
        survey.dropped[step, default: 0] += count
        continue
      }
      let judge = row[1] ?? "unknown"
      survey.judges[judge, default: 0] += count
      survey.sources[row[2] ?? "unknown", default: 0] += count
      hours[row[3] ?? "", default: 0] += count
      hasDeterministic = hasDeterministic || row[6] == "t"
      let first = row[5] ?? ""
      firstLabels[judge] = firstLabels[judge].map { min($0, first) } ?? first
    }
    let eligible = hours.values.reduce(0, +)
    guard eligible > 0 else { return survey }
    let (cut, training) = try cut(connection, hours: hours, eligible: eligible)
    survey.cut = cut
    survey.training = training
    survey.holdout = eligible - survey.training
    let isJudgingPartial = FunnelStep.judging.contains { survey.dropped[$0, default: 0] > 0 }
    if isJudgingPartial { survey.strata = try strata(connection, cut: cut) }
    if hasDeterministic { survey.versions = try versions(connection, cut: cut) }
    survey.newJudges = firstLabels.filter { $0.value >= cut }.keys.sorted()
    return survey
  }

  private func strata(_ connection: borrowing Connection, cut: String) throws -> [Stratum: StratumCount] {
    var result: [Stratum: StratumCount] = [:]
    for row in try connection.query(queries.strata(cut: cut)).rows {
      let stratum = Stratum(task: row[0] ?? "", band: row[1] ?? "", model: row[2] ?? "")
      result[stratum] = StratumCount(
        outcomes: row[3].flatMap { Int($0) } ?? 0, judged: row[4].flatMap { Int($0) } ?? 0)
    }
    return result
  }

  private func versions(_ connection: borrowing Connection, cut: String) throws -> [String: Int] {
    var result: [String: Int] = [:]
    for row in try connection.query(queries.versions(cut: cut)).rows {
      result[row[0] ?? ""] = row[1].flatMap { Int($0) } ?? 0
    }
    return result
  }

  /// The instant of the first holdout row, and the number of rows strictly before it.
  private func cut(
    _ connection: borrowing Connection, hours: [String: Int], eligible: Int
  ) throws -> (instant: String, training: Int) {
    let offset = Int(Double(eligible) * (1 - selection.holdoutShare))
    var before = 0
    for (hour, rows) in hours.sorted(by: { $0.key < $1.key }) {
      if offset < before + rows {
        let instant = try connection.query(queries.cut(hour: hour, offset: offset - before)).scalar
        guard let instant else { break }
        let inHour = try connection.query(queries.count(from: hour, before: instant)).scalar
        return (instant, before + (inHour.flatMap { Int($0) } ?? 0))
      }
      before += rows
    }
    throw GatewayError.badRows("the instant of the cut could not be found")
  }
}
