internal import Outcomes
internal import Replay
internal import Simulation

/// A report for a terminal: what matters at three in the morning comes first.
public enum TextReport {
  /// The lines of the report, at most 100 columns but for names that are longer.
  public static func text(_ report: RunReport) -> String {
    [
      verdict(report), funnel(report), lifts(report), truth(report.truth), policies(report.policies),
      checks(report.checks),
      cells(report.changedCells),
      footer(report),
    ].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// The report, then every estimator and interval with what it assumes and when it misleads.
  public static func explainedText(_ report: RunReport) -> String {
    [text(report), estimates(report.replay), intervals(report.replay), assumptions(report.replay)]
      .joined(separator: "\n\n")
  }

  private static func estimates(_ replay: ReplayReport) -> String {
    let blocks = Quantity.allCases.map { quantity in
      let lines = Estimator.allCases.compactMap { estimator -> String? in
        let values = [replay.incumbent, replay.candidate].map {
          estimate($0[quantity.name] ?? [:], estimator.rawValue, places: quantity == .cost ? 7 : 4)
        }
        guard values.contains(where: { $0 != nil }) else { return nil }
        return "    " + padded(estimator.rawValue, 36) + values.map { leftPadded($0 ?? "-", 26) }.joined()
      }
      return (["  \(quantity.name)"] + lines).joined(separator: "\n")
    }
    let header = "Estimates" + leftPadded("incumbent", 57) + leftPadded("candidate", 26)
    return ([header] + blocks).joined(separator: "\n")
  }

  private static func estimate(_ values: [String: Double], _ name: String, places: Int) -> String? {
    guard let value = values[name], let error = values["\(name)_standard_error"] else { return nil }
    return "\(value.decimals(places)) ± \(error.decimals(places))"
  }

  private static func intervals(_ replay: ReplayReport) -> String {
    let lines = Quantity.allCases.flatMap { quantity in
      (replay.lift[quantity.name]?.intervals ?? []).map { interval in
        "  " + padded(quantity.name, 12) + padded(interval.method, 24)
          + leftPadded(bounds(interval.lower, interval.upper, quantity == .cost ? 7 : 4), 30)
          + leftPadded("\((100 * interval.level).decimals(2)) %", 10)
      }
    }
    return (["Intervals of the lift"] + lines).joined(separator: "\n")
  }

  private static func assumptions(_ replay: ReplayReport) -> String {
    let lines = replay.assumptions.sorted { $0.key < $1.key }.map { name, text in
      "  " + padded(name, 36) + wrap(text, indent: 38)
    }
    return (["What each assumes, and when it misleads"] + lines).joined(separator: "\n")
  }

  private static func verdict(_ report: RunReport) -> String {
    """
    \(report.headline)  \(wrap(report.plainReason, indent: report.headline.count + 2))
      from     \(report.policyVersionFrom)
      to       \(report.policyVersionTo)\(served(report))
      run      \(report.runId)  \(report.cadence)\(report.dryRun ? ", dry run: nothing was written" : "")
    """
  }

  private static func served(_ report: RunReport) -> String {
    guard report.promoted else { return "  (not served)" }
    return report.tenantsMoved.map { "  (\($0) \($0 == 1 ? "tenant" : "tenants") moved)" } ?? ""
  }

  private static func funnel(_ report: RunReport) -> String {
    let outcomes = report.outcomes
    let steps = outcomes.funnel.filter { $0.rows > 0 || $0.step == "window" }
    let lines = steps.map { "  " + padded($0.step, 32) + leftPadded(String($0.rows), 12) }
    let last =
      "  " + padded("eligible", 32) + leftPadded(String(outcomes.eligible), 12)
      + "  training \(outcomes.training), holdout \(outcomes.holdout) from \(outcomes.cut ?? "-")"
    let failed = "  " + padded("of these failed", 32) + leftPadded(String(outcomes.knownWithoutJudge), 12)
    return
      (["Outcomes"] + lines + [last] + (outcomes.knownWithoutJudge > 0 ? [failed + "  known without a judge"] : [])
      + unknownCosts(report.replay.costs)).joined(separator: "\n")
  }

  private static func unknownCosts(_ costs: [CostReport]?) -> [String] {
    let unknown = (costs ?? []).filter { $0.unknown > 0 }.sorted { $0.unknown > $1.unknown }
    guard !unknown.isEmpty else { return [] }
    let models = unknown.lazy.map { "\($0.unknown) of \($0.rows) of \($0.model)" }.listed()
    return [
      "  " + padded("of these without a known cost", 32) + leftPadded(String(unknown.reduce(0) { $0 + $1.unknown }), 12)
        + "  " + wrap(models, indent: 48)
    ]
  }

  private static func lifts(_ report: RunReport) -> String {
    let replay = report.replay
    let header =
      padded("Replay", 12) + ["served", "incumbent", "candidate", "lift"].map { leftPadded($0, 12) }.joined()
      + leftPadded("interval", 30)
    let key = Estimator.doublyRobust.rawValue
    let lines = Quantity.allCases.map { quantity in
      let places = quantity == .cost ? 7 : 4
      let lift = replay.lift[quantity.name]
      let values = [
        replay.served.means[quantity.name]?.mean, replay.incumbent[quantity.name]?[key],
        replay.candidate[quantity.name]?[key],
      ].map { leftPadded($0?.decimals(places) ?? "-", 12) }.joined()
      return "  " + padded(quantity.name, 10) + values + leftPadded(lift?.mean.signedDecimals(places) ?? "-", 12)
        + leftPadded(lift.map { bounds($0.lower, $0.upper, places) } ?? "-", 30)
    }
    return ([header] + lines + (notes(replay) + versions(replay.versions)).map { "  " + wrap($0, indent: 2) })
      .joined(separator: "\n")
  }

  private static func notes(_ replay: ReplayReport) -> [String] {
    let level = replay.lift.values.first.map { (100 * $0.level).decimals(2) }
    return [
      replay.served.rows == 0
        ? ""
        : "served: " + servedIntervals(replay.served)
          + ", 95 %; \((100 * replay.served.failures).decimals(1)) % of calls "
          + "failed, \((100 * replay.served.succeededNotDone).decimals(1)) % succeeded and were not done",
      replay.absent["lift"].map { "not available: \($0)" } ?? "",
      level.map {
        "doubly robust, both with the candidate's exploration; \($0) % cluster bootstrap over agents; effective sample size "
          + "\(replay.effectiveSampleSize.decimals(0)); e-value \(replay.eValue.significant(3)), over agents "
          + replay.eValueAgents.significant(3)
      } ?? "",
      replay.doneLiftThroughFailures.map {
        "of the lift in done \($0.signedDecimals(4)) is through failed calls, "
          + "\((replay.doneLiftThroughQuality ?? 0).signedDecimals(4)) through quality"
      } ?? "",
      replay.explorationEffect["done"].map {
        "exploration adds \($0.signedDecimals(4)) done"
          + (replay.explorationEffect["cost_usd"].map { " and \($0.signedDecimals(7)) USD" } ?? "")
          + " to the candidate's picks alone"
      } ?? "",
      "propensities: \(replay.propensities.summary)",
      "judging: \(replay.judging.summary)",
      "assumes that \(replay.assumptions["lift"] ?? ""); \(replay.assumptions["judging"] ?? "")",
    ].filter { !$0.isEmpty }
  }

  private static func servedIntervals(_ served: ServedReport) -> String {
    Quantity.allCases.compactMap { quantity in
      served.means[quantity.name].map { mean in
        let places = quantity == .cost ? 7 : 4
        let ends = [mean.lower, mean.upper].map { $0?.decimals(places) ?? "unbounded" }
        return "\(quantity.name) [\(ends[0]), \(ends[1])]"
      }
    }.joined(separator: ", ")
  }

  private static func versions(_ versions: [VersionReport]) -> [String] {
    guard !versions.isEmpty else { return [] }
    let parts = versions.map {
      "\($0.version.isEmpty ? "no version" : $0.version): \($0.rows) rows, reward \($0.reward.decimals(4)) ± "
        + "\($0.rewardStandardError.decimals(4)), done \($0.done.decimals(4)) ± \($0.doneStandardError.decimals(4))"
    }
    return ["over time: " + parts.joined(separator: "; ") + " (\(VersionReport.warning))"]
  }

  private static func truth(_ truth: TruthReport?) -> String {
    guard let truth else { return "" }
    let rows = [("reward", \Truth.Value.reward, 4), ("done", \.done, 4), ("cost_usd", \.cost, 7)]
    let header =
      "Truth" + String(repeating: " ", count: 9) + leftPadded("incumbent", 12) + leftPadded("candidate", 12)
      + leftPadded("lift", 13) + leftPadded("best", 12)
    let lines = rows.map { name, value, places in
      "  " + padded(name, 12) + leftPadded(truth.incumbent[keyPath: value].decimals(places), 12)
        + leftPadded(truth.candidate[keyPath: value].decimals(places), 12)
        + leftPadded(truth.lift[keyPath: value].signedDecimals(places), 13)
        + leftPadded(truth.best[keyPath: value].decimals(places), 12)
    }
    return ([header] + lines).joined(separator: "\n")
  }

  private static func policies(_ policies: [PolicyReport]?) -> String {
    guard let policies, !policies.isEmpty else { return "" }
    let header =
      padded("Policies", 22)
      + ["reward", "done", "cost_usd"].map { leftPadded($0, 24) }.joined()
    let lines = policies.flatMap { policy in
      let estimates = Quantity.allCases.map { quantity in
        let places = quantity == .cost ? 7 : 4
        let estimate = policy.estimates[quantity.name]
        let text = estimate.flatMap { estimate in
          estimate.value.map { "\($0.decimals(places)) ± \((estimate.standardError ?? 0).decimals(places))" }
        }
        return leftPadded(text ?? "-", 24)
      }
      let first =
        "  " + padded(policy.name, 20)
        + (policy.absent.map { "    not available: " + wrap($0, indent: 22) } ?? estimates.joined())
      guard let truth = policy.truth else { return [first] }
      let values = [truth.reward.decimals(4), truth.done.decimals(4), truth.cost.decimals(7)]
      let spaces = [" ± 0.0000", " ± 0.0000", " ± 0.0000000"].map { String(repeating: " ", count: $0.count) }
      return [
        first, "  " + padded("  truth", 20) + zip(values, spaces).map { leftPadded($0 + $1, 24) }.joined(),
      ]
    }
    return ([header] + lines + ["  doubly robust ± standard error, taking rows as independent"]).joined(separator: "\n")
  }

  private static func bounds(_ lower: Double?, _ upper: Double?, _ places: Int) -> String {
    "[\(lower?.signedDecimals(places) ?? "unbounded"), \(upper?.signedDecimals(places) ?? "unbounded")]"
  }

  private static func checks(_ checks: [GateCheck]) -> String {
    let lines = checks.bySeverity.map { check in
      let mark =
        switch check.severity {
        case .fail: "FAIL"
        case .warn: "warn"
        case .pass: "pass"
        case .notApplicable: "n/a "
        }
      var line = "  \(mark)  " + padded(check.name.rawValue, 14) + wrap(check.observed, indent: 22)
      if !check.passed {
        line += "\n" + String(repeating: " ", count: 22) + "needed: " + wrap(check.required, indent: 30)
      }
      if !check.detail.isEmpty { line += "\n" + String(repeating: " ", count: 22) + wrap(check.detail, indent: 22) }
      return line
    }
    return (["Checks"] + lines).joined(separator: "\n")
  }

  private static func cells(_ cells: [RunReport.ChangedCell]) -> String {
    guard !cells.isEmpty else { return "" }
    let names = cells.map { $0.cell.shortened() }
    let width = (names.map(\.count).max() ?? 0) + 2
    let lines = zip(cells, names).map { cell, name in
      "  " + padded(name, width) + leftPadded(String(cell.rows), 6) + "  \((cell.from ?? "none").shortened()) "
        + "\(cell.qualityFrom.decimals(3)) -> \((cell.to ?? "none").shortened()) \(cell.qualityTo.decimals(3))"
    }
    return (["Cells that changed most (training rows, learned quality)"] + lines).joined(separator: "\n")
  }

  private static func footer(_ report: RunReport) -> String {
    let total = report.timingsMs["total"] ?? 0
    let memory = report.peakResidentBytes / 1_048_576
    return "\((total / 1000).decimals(2)) s, \(memory) MiB" + (report.artifact.map { ", artifact \($0)" } ?? "")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private static func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  /// Breaks a text at spaces so that lines end before column 100; control characters become spaces.
  private static func wrap(_ text: String, indent: Int) -> String {
    let clean = String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    var lines: [String] = []
    var line = ""
    for word in clean.split(separator: " ") {
      if !line.isEmpty, indent + line.count + word.count + 1 > 100 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
