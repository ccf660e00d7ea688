internal import Foundation
internal import Outcomes
internal import Replay

/// A run's numbers in the Prometheus text format, for node_exporter's textfile collector.
///
/// Every sample carries the cadence: the collector refuses two files with the same series, and a shadow run has its own file.
public enum PrometheusText {
  private static let lastSuccess = "ainfera_labs_last_success_timestamp_seconds"

  /// The numbers of a run that ended with a verdict.
  /// - Parameter now: seconds since 1970.
  public static func text(_ report: RunReport, now: Double, exitStatus: Int32) -> String {
    var samples = Samples(cadence: report.cadence)
    samples.addEnd(now: now, success: now, exitStatus: exitStatus)
    samples.add("promoted", "Whether the last run promoted its candidate.", report.promoted ? 1 : 0)
    samples.add("tenants_moved", "How many tenants the last run moved.", Double(report.tenantsMoved ?? 0))
    samples.add(
      "check_passed", "Whether each check of the gate passed.",
      report.checks.map { (["check": $0.name.rawValue], $0.passed ? 1 : 0) })
    samples.add(
      "outcomes", "Outcomes in the window, and how many fell at each step.",
      report.outcomes.funnel.map { (["step": $0.step], Double($0.rows)) }
        + [
          (["step": "training"], Double(report.outcomes.training)),
          (["step": "holdout"], Double(report.outcomes.holdout)),
        ])
    samples.add(
      "unknown_costs", "Eligible outcomes whose cost is not known, by model.", unknownCosts(report.replay.costs ?? []))
    samples.add("lift", "The lift of the candidate and the ends of its interval.", lifts(report))
    samples.add("effective_sample_size", "The candidate's effective sample size.", report.replay.effectiveSampleSize)
    samples.add("e_value", "The evidence that done is better.", report.replay.eValue)
    samples.add(
      "phase_seconds", "How long each phase took.",
      report.timingsMs.sorted { $0.key < $1.key }.map { (["phase": $0.key], $0.value / 1000) })
    samples.add("resident_peak_bytes", "The most memory held.", Double(report.peakResidentBytes))
    return samples.text
  }

  /// The numbers of a run that ended without a verdict.
  /// - Parameter previous: the file as it was, from which the time of the last success is kept.
  public static func text(failedAt now: Double, exitStatus: Int32, cadence: String, previous: String) -> String {
    let line = previous.split(separator: "\n").last { $0.hasPrefix(lastSuccess) }
    let success = line?.split(separator: " ").last.flatMap { Double($0) }
    var samples = Samples(cadence: cadence)
    samples.addEnd(now: now, success: success, exitStatus: exitStatus)
    return samples.text
  }

  /// By model, as names are shown: two long ones may be shown alike, and a sample must not stand twice.
  private static func unknownCosts(_ costs: [CostReport]) -> [([String: String], Double)] {
    let byName = Dictionary(costs.map { ($0.model.shortened(), $0.unknown) }, uniquingKeysWith: +)
    return byName.sorted { $0.key < $1.key }.map { (["model": $0], Double($1)) }
  }

  private static func lifts(_ report: RunReport) -> [([String: String], Double)] {
    report.replay.lift.sorted { $0.key < $1.key }.flatMap { quantity, lift in
      [("mean", lift.mean), ("lower", lift.lower), ("upper", lift.upper)].compactMap { bound, value in
        value.map { (["quantity": quantity, "bound": bound], $0) }
      }
    }
  }

  /// Samples of one run as text.
  private struct Samples {
    let cadence: String
    private(set) var text = ""

    init(cadence: String) { self.cadence = cadence }

    mutating func addEnd(now: Double, success: Double?, exitStatus: Int32) {
      add("last_run_timestamp_seconds", "When the last run ended.", now)
      if let success { add("last_success_timestamp_seconds", "When the last run with a verdict ended.", success) }
      add("last_exit_status", "The exit status of the last run.", Double(exitStatus))
    }

    mutating func add(_ name: String, _ help: String, _ value: Double) { add(name, help, [([:], value)]) }

    mutating func add(_ name: String, _ help: String, _ samples: [([String: String], Double)]) {
      text += "# HELP ainfera_labs_\(name) \(help)\n# TYPE ainfera_labs_\(name) gauge\n"
      for (labels, value) in samples {
        let all = labels.merging(["cadence": cadence]) { own, _ in own }.sorted { $0.key < $1.key }
        let list = all.map { "\($0.key)=\"\(Samples.escaped($0.value))\"" }.joined(separator: ",")
        text += "ainfera_labs_\(name){\(list)} \(value)\n"
      }
    }

    private static func escaped(_ value: String) -> String {
      value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
  }
}
