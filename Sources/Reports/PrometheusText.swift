internal import Foundation
internal import Outcomes
internal import Replay

/// A run's numbers in the Prometheus text format, for node_exporter's textfile collector.
public enum PrometheusText {
  private static let lastSuccess = "ainfera_labs_last_success_timestamp_seconds"

  /// The numbers of a run that ended with a verdict.
  /// - Parameter now: seconds since 1970.
  public static func text(_ report: RunReport, now: Double, exitStatus: Int32) -> String {
    var text = ends(now: now, success: now, exitStatus: exitStatus)
    text += metric("promoted", "Whether the last run promoted its candidate.", [([:], report.promoted ? 1 : 0)])
    text += metric(
      "tenants_moved", "How many tenants the last run moved.", [([:], Double(report.tenantsMoved ?? 0))])
    text += metric(
      "check_passed", "Whether each check of the gate passed.",
      report.checks.map { (["check": $0.name.rawValue], $0.passed ? 1 : 0) })
    text += metric(
      "outcomes", "Outcomes in the window, and how many fell at each step.",
      report.outcomes.funnel.map { (["step": $0.step], Double($0.rows)) }
        + [
          (["step": "training"], Double(report.outcomes.training)),
          (["step": "holdout"], Double(report.outcomes.holdout)),
        ])
    text += metric(
      "unknown_costs", "Eligible outcomes whose cost is not known, by model.",
      unknownCosts(report.replay.costs ?? []))
    text += metric("lift", "The lift of the candidate and the ends of its interval.", lifts(report))
    text += metric(
      "effective_sample_size", "The candidate's effective sample size.", [([:], report.replay.effectiveSampleSize)])
    text += metric("e_value", "The evidence that done is better.", [([:], report.replay.eValue)])
    text += metric(
      "phase_seconds", "How long each phase took.",
      report.timingsMs.sorted { $0.key < $1.key }.map { (["phase": $0.key], $0.value / 1000) })
    text += metric("resident_peak_bytes", "The most memory held.", [([:], Double(report.peakResidentBytes))])
    return text
  }

  /// The numbers of a run that ended without a verdict.
  /// - Parameter previous: the file as it was, from which the time of the last success is kept.
  public static func text(failedAt now: Double, exitStatus: Int32, previous: String) -> String {
    let line = previous.split(separator: "\n").last { $0.hasPrefix(lastSuccess + " ") }
    return ends(now: now, success: line?.split(separator: " ").last.flatMap { Double($0) }, exitStatus: exitStatus)
  }

  private static func ends(now: Double, success: Double?, exitStatus: Int32) -> String {
    metric("last_run_timestamp_seconds", "When the last run ended.", [([:], now)])
      + (success.map {
        metric("last_success_timestamp_seconds", "When the last run with a verdict ended.", [([:], $0)])
      }
        ?? "")
      + metric("last_exit_status", "The exit status of the last run.", [([:], Double(exitStatus))])
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

  private static func metric(_ name: String, _ help: String, _ samples: [([String: String], Double)]) -> String {
    let lines = samples.map { labels, value in
      let list = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
      return "ainfera_labs_\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }
    return "# HELP ainfera_labs_\(name) \(help)\n# TYPE ainfera_labs_\(name) gauge\n" + lines.joined()
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
