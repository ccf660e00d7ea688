import Foundation
import Outcomes
import Policies
import Reports
import Simulation
import TestSupport
import Testing
import Worker

@Suite struct RunReportTests {
  @Test("a run's JSON reads back as what was written, to the byte")
  func readsBack() throws {
    let folder = try Repository.synthetic.path
    var comparison = FileReplay.Comparison()
    comparison.kinds = [.cheapest, .uniform]
    comparison.truth = try DatasetFile.decode(Truth.self, from: "\(folder)/truth.json")
    var settings = Settings()
    settings.selection.source = "any"
    let report = try FileReplay(
      outcomes: DatasetFile.Outcomes(path: "\(folder)/outcomes.csv", format: .csv),
      catalog: DatasetFile.catalog("\(folder)/catalog.json"), incumbent: .untrained(exploration: 0.05),
      settings: settings,
      comparison: comparison
    ).run().report
    let text = try JSONReport.text(report)
    #expect(try JSONReport.text(JSONReport.run(Array(text.utf8))) == text)
    #expect(report.figures?.rows == 6000)
  }
}
