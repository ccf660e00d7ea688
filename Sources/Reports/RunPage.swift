internal import Outcomes
internal import Replay
internal import Simulation

/// A run as one HTML page: it needs no network and no script, prints well, and follows the reader's light or dark.
public struct RunPage {
  private let report: RunReport
  private let ledger: [LedgerPoint]

  /// Prepares a page.
  /// - Parameter ledger: the runs of the ledger, oldest first; none where there is no ledger.
  public init(_ report: RunReport, ledger: [LedgerPoint] = []) {
    self.report = report
    self.ledger = ledger
  }

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.2rem; max-width: 54rem; background: var(--paper); color: var(--ink);
    font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
    h1 { font-size: 1.5rem; margin: 0 0 .4rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
    p, dl { margin: .4rem 0; } .quiet { color: var(--quiet); font-size: .9rem; }
    .verdict { display: inline-block; padding: .1rem .6rem; border-radius: .3rem; color: var(--paper);
    background: var(--incumbent); } .verdict.promote { background: var(--candidate); }
    .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
    th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
    td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .fail { color: var(--incumbent); font-weight: 600; } .warn { font-weight: 600; } figure { margin: .6rem 0; } figcaption { font-size: .9rem;
    color: var(--quiet); } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; }
    @media (max-width: 40rem) { .plot { min-width: 34rem; } }
    @media print { body { max-width: none; font-size: 11px; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
    """

  /// The page.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <link rel="icon" href="data:,">
    <title>\(title)</title>
    <style>
    \(PlotStyle.colours)
    \(RunPage.layout)
    \(PlotStyle.rules)
    </style>
    </head>
    <body>
    <main>
    \(sections.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private var title: String { SVG.escaped("\(report.headline.lowercased()): \(report.policyVersionTo)") }

  private var sections: [String] {
    let plots = RunPlots(report: report)
    var sections = [head, lifts(plots), truth, checks, outcomes(plots)]
    if let figures = report.figures {
      sections += [
        report.replay.served.means[Quantity.cost.name] == nil
          ? ""
          : section(
            "Quality against cost",
            figure(
              plots.costQuality(figures),
              "Doubly robust estimates on the holdout. Hollow circles are single models served to all; "
                + "the dashed line is the Pareto front. Where a single model lies above and left of the candidate, it is better."
                + absentModels(figures)
            )),
        section(
          "What changes where",
          figure(
            HeatMap(cells: figures.taskBands).drawing,
            "The lift in done of each task and band, over all tenants; a dash where no pick changes.")),
        section(
          "Do predictions come true?",
          figure(
            plots.calibration(figures),
            "The fit never saw these rows. Far from the line, learned qualities mislead the floors.")),
        section(
          "Weights",
          figure(
            plots.weights(figures),
            "How many holdout rows carry which weight. Few rows with large weights carry an estimate that luck can move."
          )),
      ]
    }
    if ledger.count > 1 {
      sections.append(
        section("Run by run", figure(LedgerPoint.drawing(ledger), "The lift in done that each run of the ledger saw.")))
    }
    return (sections + [policies, cells, assumptions, foot]).filter { !$0.isEmpty }
  }

  private func absentModels(_ figures: RunFigures) -> String {
    let names = figures.absentSingleModels.sorted { $0.key < $1.key }.map(\.key)
    return names.isEmpty ? "" : " Not shown, for the log hardly ever chose them: \(names.joined(separator: ", "))."
  }

  private func section(_ name: String, _ body: String) -> String {
    body.isEmpty ? "" : "<section>\n<h2>\(SVG.escaped(name))</h2>\n\(body)\n</section>"
  }

  private func figure(_ drawing: String, _ caption: String) -> String {
    "<figure>\n<div class=\"wide\" tabindex=\"0\">\(drawing)</div>\n<figcaption>\(SVG.escaped(caption))</figcaption>\n</figure>"
  }

  private func table(_ header: [String], _ rows: [[String]], numbers: Set<Int> = []) -> String {
    func cells(_ row: [String], _ name: String) -> String {
      row.enumerated().map { place, text in
        "<\(name)\(numbers.contains(place) ? " class=\"number\"" : "")>\(text)</\(name)>"
      }.joined()
    }
    return "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>\(cells(header, "th"))</tr></thead>\n<tbody>\n"
      + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n") + "\n</tbody></table></div>"
  }

  private var head: String {
    """
    <header>
    <h1><span class="verdict \((report.would ?? report.verdict).rawValue)">\(report.headline.lowercased())</span> \
    \(SVG.escaped(report.policyVersionTo))</h1>
    <p>\(SVG.escaped(report.plainReason))</p>
    <p class="quiet">from \(SVG.escaped(report.policyVersionFrom)) · run \(SVG.escaped(report.runId)) · \
    \(SVG.escaped(report.cadence))\(report.promoted ? " · served" : " · not served")\(report.dryRun ? " · nothing was written" : "")</p>
    </header>
    """
  }

  private func lifts(_ plots: RunPlots) -> String {
    let rows = Quantity.allCases.map { quantity -> [String] in
      let places = quantity == .cost ? 7 : 4
      let (lift, key) = (report.replay.lift[quantity.name], Estimator.doublyRobust.rawValue)
      return [
        quantity.name, report.replay.served.means[quantity.name]?.mean.decimals(places) ?? "–",
        report.replay.incumbent[quantity.name]?[key]?.decimals(places) ?? "–",
        report.replay.candidate[quantity.name]?[key]?.decimals(places) ?? "–",
        lift?.mean.signedDecimals(places) ?? "–",
        lift.map {
          "\($0.lower?.signedDecimals(places) ?? "unbounded") to \($0.upper?.signedDecimals(places) ?? "unbounded")"
        } ?? "–",
      ]
    }
    let level = (100 * (report.replay.lift.values.first?.level ?? 0)).decimals(2)
    let notes =
      (report.replay.absent["lift"].map { "The lift is not available: \($0). " } ?? "")
      + "\((100 * report.replay.served.failures).decimals(1)) % of the calls served failed. Effective sample size \(report.replay.effectiveSampleSize.decimals(0)); e-value "
      + "\(report.replay.eValue.significant(3)); propensities: \(report.replay.propensities.summary); judging: "
      + report.replay.judging.summary + "."
    return section(
      "Lift",
      table(["", "served", "incumbent", "candidate", "lift", "\(level) % interval"], rows, numbers: [1, 2, 3, 4, 5])
        + "\n<p class=\"quiet\">\(SVG.escaped(notes))</p>\n"
        + Quantity.allCases.filter { report.replay.lift[$0.name] != nil }.map { quantity in
          figure(
            plots.forest(quantity),
            "Lift in \(quantity.name). The gate goes by the first row in colour. The doubly robust rows are paired, row by row; "
              + "the others take the two policies as independent and are wider than they need be.")
        }.joined(separator: "\n"))
  }

  private var truth: String {
    guard let truth = report.truth else { return "" }
    let rows = [("reward", \Truth.Value.reward, 4), ("done", \.done, 4), ("cost_usd", \.cost, 7)].map {
      name, value, places in
      [
        name, truth.incumbent[keyPath: value].decimals(places), truth.candidate[keyPath: value].decimals(places),
        truth.lift[keyPath: value].signedDecimals(places), truth.best[keyPath: value].decimals(places),
      ]
    }
    return section(
      "Truth", table(["", "incumbent", "candidate", "lift", "best possible"], rows, numbers: [1, 2, 3, 4]))
  }

  private var checks: String {
    let rows = report.checks.bySeverity.map { check in
      [
        check.severity == .pass
          ? "pass"
          : "<span class=\"\(check.severity.rawValue)\">\(check.severity == .notApplicable ? "n/a" : check.severity.rawValue)</span>",
        SVG.escaped(check.name.rawValue),
        SVG.escaped(check.observed)
          + (check.detail.isEmpty ? "" : "<br><span class=\"quiet\">\(SVG.escaped(check.detail))</span>"),
        SVG.escaped(check.required),
      ]
    }
    return section("Checks", table(["", "check", "seen", "needed"], rows))
  }

  private func outcomes(_ plots: RunPlots) -> String {
    section(
      "Outcomes",
      figure(
        plots.funnel,
        "\(report.outcomes.window.joined(separator: " to ")); the holdout begins at \(report.outcomes.cut ?? "–")."))
  }

  private var policies: String {
    guard let policies = report.policies, !policies.isEmpty else { return "" }
    let rows = policies.map { policy in
      [SVG.escaped(policy.name)]
        + Quantity.allCases.map { quantity -> String in
          let (estimate, places) = (policy.estimates[quantity.name], quantity == .cost ? 7 : 4)
          guard let value = estimate?.value else { return SVG.escaped(policy.absent ?? "–") }
          return "\(value.decimals(places)) ± \((estimate?.standardError ?? 0).decimals(places))"
        }
        + [policy.truth.map { "\($0.reward.decimals(4)), \($0.cost.decimals(7)) USD" } ?? "–"]
    }
    return section(
      "Other policies", table(["", "reward", "done", "cost_usd", "truth"], rows, numbers: [1, 2, 3, 4]))
  }

  private var cells: String {
    guard !report.changedCells.isEmpty else { return "" }
    let rows = report.changedCells.map { cell in
      [
        SVG.escaped(cell.cell), String(cell.rows),
        SVG.escaped("\(cell.from ?? "none") (\(cell.qualityFrom.decimals(3)))"),
        SVG.escaped("\(cell.to ?? "none") (\(cell.qualityTo.decimals(3)))"),
      ]
    }
    return section("Cells that changed most", table(["cell", "rows", "from", "to"], rows, numbers: [1]))
  }

  private var assumptions: String {
    let items = report.replay.assumptions.sorted { $0.key < $1.key }.map {
      "<dt>\(SVG.escaped($0.key.split(separator: "_").joined(separator: " ")))</dt><dd>\(SVG.escaped($0.value))</dd>"
    }
    return section("What the numbers assume", "<dl>\n\(items.joined(separator: "\n"))\n</dl>")
  }

  private var foot: String {
    let seconds = ((report.timingsMs["total"] ?? 0) / 1000).decimals(2)
    return
      "<footer><p class=\"quiet\">ruleset \(SVG.escaped(report.rulesetHash)) · \(SVG.escaped(report.blas)) · \(seconds) s · "
      + "\(report.peakResidentBytes / 1_048_576) MiB</p></footer>"
  }
}
