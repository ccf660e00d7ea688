import Outcomes
import Testing

@Suite struct SurveyTests {
  private static func survey(_ hours: [(judged: Int, lowest: Int)]) -> Survey {
    var survey = Survey(
      total: 0, dropped: [:], judges: [:], newJudges: [], sources: [:], training: 0, holdout: 0, window: "0"..."1",
      cut: nil)
    survey.hours = hours.enumerated().map {
      Survey.Hour(number: $0, start: "hour \($0)", judged: $1.judged, lowest: $1.lowest)
    }
    return survey
  }

  @Test("hours in which every score is the lowest, one after another, are an outage with its time")
  func finds() {
    var hours = Array(repeating: (judged: 20, lowest: 1), count: 200)
    for hour in 90..<96 { hours[hour] = (5, 5) }
    let outages = SurveyTests.survey(hours).labelOutages(chance: 1e-4)
    #expect(outages == ["all 30 scores in the hours from hour 90 to hour 95 are 1"])
  }

  @Test("work of its own hours is no outage, and an outage in these hours is found where it is another's")
  func nightWork() {
    // At three in the morning a job is scored 1 as a rule, on every day.
    var hours = (0..<24 * 28).map { $0 % 24 == 3 ? (judged: 30, lowest: 29) : (judged: 30, lowest: 1) }
    hours[24 * 9 + 3] = (30, 30)
    #expect(SurveyTests.survey(hours).labelOutages(chance: 1e-4).isEmpty)
    hours[24 * 9 + 4] = (30, 30)
    #expect(SurveyTests.survey(hours).labelOutages(chance: 1e-4).count == 1)
  }

  @Test(
    "what chance gives is no outage",
    arguments: [
      // Few rows in each hour, a lucky hour among many, a log without the score, a log of nothing else, and no log.
      Array(repeating: (judged: 1, lowest: 0), count: 3) + Array(repeating: (judged: 1, lowest: 1), count: 2),
      Array(repeating: (judged: 4, lowest: 2), count: 300) + [(judged: 8, lowest: 8)],
      Array(repeating: (judged: 9, lowest: 0), count: 50), Array(repeating: (judged: 9, lowest: 9), count: 50), [],
    ])
  func passes(hours: [(judged: Int, lowest: Int)]) {
    #expect(SurveyTests.survey(hours).labelOutages(chance: 1e-4).isEmpty)
  }

  @Test("the periods of a holdout are its thirds, of which the last has its newest sixth and twelfth apart")
  func periods() {
    let periods = (0..<24).map { HoldoutPeriod.period(of: $0, rows: 24) }
    #expect(periods == Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8) + [2, 2, 2, 2, 3, 3, 4, 4])
    #expect((0..<HoldoutPeriod.count).contains(HoldoutPeriod.period(of: 0, rows: 1)))
  }
}
