import Foundation
import TestSupport
import Testing

/// The alert rules and the dashboard, against the metrics that the program writes.
@Suite(.blocking, .timeLimit(.minutes(30))) struct MonitoringTests {
  private static let folder = Repository.root.appendingPathComponent("Jobs/schedule").path

  private func promtool(_ arguments: String...) throws -> Program {
    try Program(
      running: "/usr/bin/env", ["--chdir=\(MonitoringTests.folder)", "promtool"] + arguments,
      environment: ["PATH": "/usr/bin:/bin"])
  }

  /// The names of metrics in a text.
  private func names(_ text: String) -> Set<String> {
    Set(text.matches(of: /ainfera_labs_[a-z_]+/).map { String($0.output) })
  }

  private func written() throws -> Set<String> {
    let night = try Night()
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("labs.prom").path
    #expect(try night.train(["--metrics-file", path]).status == 0)
    return try names(String(contentsOfFile: path, encoding: .utf8))
  }

  @Test("each alert comes when it must and not when it must not")
  func alerts() throws {
    let checked = try promtool("check", "rules", "alerts.yaml")
    #expect(checked.status == 0, "\(checked.errors)")
    let tested = try promtool("test", "rules", "alerts-test.yaml")
    #expect(tested.status == 0, "\(tested.output)\(tested.errors)")
    let rules = try InstalledRelease.schedule("alerts.yaml")
    let tests = try InstalledRelease.schedule("alerts-test.yaml")
    for alert in rules.matches(of: /alert: (\w+)/) { #expect(tests.contains(alert.output.1), "\(alert.output.1)") }
  }

  @Test(
    "alerts and dashboard name only metrics that the program writes, and the alerts only passages that the runbook has")
  func metrics() throws {
    let written = try written()
    let dashboard = try InstalledRelease.schedule("grafana-dashboard.json")
    let rules = try InstalledRelease.schedule("alerts.yaml")
    for text in [dashboard, rules] {
      #expect(names(text).isSubset(of: written), "\(names(text).subtracting(written))")
    }
    let unused = written.subtracting(names(dashboard))
    #expect(unused.isEmpty, "the dashboard shows everything, but \(unused)")
    let runbook = try String(
      contentsOf: Repository.root.appendingPathComponent("Documentation/operations/runbook.md"), encoding: .utf8)
    let titles = runbook.matches(of: /(?m)^#+ (.+)$/).map {
      $0.output.1.lowercased().replacing(" ", with: "-").replacing(/[^a-z0-9-]/, with: "")
    }
    for anchor in rules.matches(of: /runbook\.md#([a-z0-9-]+)/) { #expect(titles.contains(String(anchor.output.1))) }
  }

  @Test("the dashboard is valid JSON whose queries Prometheus takes")
  func dashboard() throws {
    struct Dashboard: Decodable {
      struct Panel: Decodable {
        struct Target: Decodable { let expr: String }
        let id: Int
        let title: String
        let targets: [Target]
      }
      let title: String
      let panels: [Panel]
    }
    let text = try InstalledRelease.schedule("grafana-dashboard.json")
    let dashboard = try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8))
    #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count && !dashboard.panels.isEmpty)
    let queries = dashboard.panels.flatMap(\.targets).map(\.expr)
    let rules = queries.enumerated().map { index, query in
      "      - record: query_\(index)\n        expr: '\(query)'\n"
    }.joined()
    let folder = try TemporaryFolder()
    let path = try folder.write("groups:\n  - name: dashboard\n    rules:\n\(rules)", to: "queries.yaml")
    let checked = try promtool("check", "rules", path)
    #expect(
      checked.status == 0 && checked.output.contains("\(queries.count) rules"), "\(checked.output)\(checked.errors)")
  }
}
