internal import Outcomes
internal import Replay

/// The plots of a run's page.
struct RunPlots {
  let report: RunReport

  /// The lift of a quantity by every estimator and method.
  func forest(_ quantity: Quantity) -> String {
    let lift = report.replay.lift[quantity.name]
    let paired = (lift?.intervals ?? []).map { interval in
      ForestPlot.Row(
        name: "doubly robust, \(words(interval.method))", mean: lift?.mean ?? 0, lower: interval.lower,
        upper: interval.upper, decides: interval.method == lift?.method)
    }
    let others = Estimator.allCases.filter { $0 != .doublyRobust }.compactMap { unpaired(quantity, $0) }
    return ForestPlot(
      title: "Lift in \(quantity.name) by estimator", unit: quantity == .cost ? "USD for an outcome" : "of an outcome",
      places: quantity == .cost ? 6 : 4, rows: paired + others
    ).drawing
  }

  /// The difference of two estimates, with an interval that takes them as independent and so is wider than it need be.
  private func unpaired(_ quantity: Quantity, _ estimator: Estimator) -> ForestPlot.Row? {
    let values = [report.replay.candidate, report.replay.incumbent].map { $0[quantity.name] ?? [:] }
    let means = values.compactMap { $0[estimator.rawValue] }
    let errors = values.compactMap { $0["\(estimator.rawValue)_standard_error"] }
    guard means.count == 2, errors.count == 2 else { return nil }
    let margin = 1.96 * (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    let mean = means[0] - means[1]
    return ForestPlot.Row(
      name: words(estimator.rawValue), mean: mean, lower: mean - margin, upper: mean + margin, decides: false)
  }

  private func words(_ name: String) -> String { name.split(separator: "_").joined(separator: " ") }

  /// Rows in the window and where they fell.
  var funnel: String {
    let counts = report.outcomes
    let steps: [(name: String, rows: Int)] =
      counts.funnel.filter { $0.rows > 0 }.map { (words($0.step), $0.rows) }
      + [("eligible", counts.eligible), ("training", counts.training), ("holdout", counts.holdout)]
    let most = Double(max(steps.map(\.rows).max() ?? 1, 1))
    let bars = steps.enumerated().flatMap { number, step -> [String] in
      let top = 8 + 22 * Double(number)
      return [
        SVG.text(step.name, 190, top + 12, "end"),
        SVG.rectangle(200, top, 440 * Double(step.rows) / most, 16, number == 0 ? "other" : "bar"),
        SVG.text(String(step.rows), 206 + 440 * Double(step.rows) / most, top + 12),
      ]
    }
    return SVG.document(
      width: 760, height: 16 + 22 * Double(steps.count), title: "Outcomes",
      description: steps.map { "\($0.name): \($0.rows)" }.joined(separator: "; "), bars)
  }

  /// Incumbent, candidate and single models by what they cost and are worth.
  func costQuality(_ figures: RunFigures) -> String {
    let key = Estimator.doublyRobust.rawValue
    func point(_ name: String, _ values: [String: [String: Double]], _ role: CostQualityPlot.Role)
      -> CostQualityPlot.Point?
    {
      guard let quality = values[Quantity.reward.name]?[key] else { return nil }
      return CostQualityPlot.Point(
        name, cost: values[Quantity.cost.name]?[key] ?? 0, quality: quality,
        margin: 1.96 * (values[Quantity.reward.name]?["\(key)_standard_error"] ?? 0), role: role)
    }
    let others = (report.policies ?? []).compactMap { policy -> CostQualityPlot.Point? in
      guard let cost = policy.estimates[Quantity.cost.name]?.value,
        let quality = policy.estimates[Quantity.reward.name]?.value, !["learned", "static"].contains(policy.name)
      else { return nil }
      return CostQualityPlot.Point(policy.name, cost: cost, quality: quality, role: .other)
    }
    return CostQualityPlot(
      title: "Quality against cost",
      points: [
        point("incumbent", report.replay.incumbent, .incumbent),
        point("candidate", report.replay.candidate, .candidate),
      ].compactMap(\.self)
        + figures.singleModels.map {
          CostQualityPlot.Point($0.name, cost: $0.costUsd, quality: $0.reward, role: .singleModel)
        } + others
    ).drawing
  }

  /// Rewards as they were predicted and as they came.
  func calibration(_ figures: RunFigures) -> String {
    let bins = figures.calibration.filter { $0.rows > 0 }
    let x = PlotAxis([0, 1], from: 60, to: 420)
    let y = PlotAxis([0, 1], from: 350, to: 20)
    let grid = x.marks.flatMap { mark in
      [
        SVG.line(x.place(mark), 350, x.place(mark), 20, "grid"),
        SVG.line(60, y.place(mark), 420, y.place(mark), "grid"),
        SVG.text(x.label(mark), x.place(mark), 366, "middle small"),
        SVG.text(y.label(mark), 54, y.place(mark) + 4, "end small"),
      ]
    }
    let most = Double(max(bins.map(\.rows).max() ?? 1, 1))
    let points = bins.map {
      SVG.circle(
        x.place($0.predicted), y.place($0.observed), 3 + 7 * (Double($0.rows) / most).squareRoot(), "candidate")
    }
    return SVG.document(
      width: 760, height: 400, title: "Predicted and observed reward",
      description: bins.map {
        "predicted \($0.predicted.decimals(3)), observed \($0.observed.decimals(3)), \($0.rows) rows"
      }.joined(separator: "; "),
      grid + [SVG.line(x.place(0), y.place(0), x.place(1), y.place(1), "front")] + points + [
        SVG.text("predicted reward", 240, 390, "middle"), SVG.text("observed reward", 8, 14),
        SVG.text("a circle's area is its share of the rows;", 440, 60, "small"),
        SVG.text("on the dashed line predictions come true", 440, 76, "small"),
      ])
  }

  /// How many rows carry which weight in the candidate's replay.
  func weights(_ figures: RunFigures) -> String {
    let bins: [(name: String, rows: Int)] =
      [("0", figures.unusedRows)] + figures.weights.map { ("≤ \($0.upTo.significant(2))", $0.rows) }
    let most = Double(max(bins.map(\.rows).max() ?? 1, 1))
    let width = 680 / Double(bins.count)
    let bars = bins.enumerated().flatMap { number, bin -> [String] in
      let left = 40 + width * Double(number)
      let height = 170 * Double(bin.rows) / most
      return [
        SVG.rectangle(left + 2, 200 - height, width - 4, height, "bar"),
        SVG.text(bin.rows > 0 ? String(bin.rows) : "", left + width / 2, 195 - height, "middle small"),
        SVG.text(bin.name, left + width / 2, 216, "middle small"),
      ]
    }
    return SVG.document(
      width: 760, height: 246, title: "Weights of the candidate's replay",
      description: bins.map { "\($0.name): \($0.rows) rows" }.joined(separator: "; "),
      bars + [
        SVG.line(40, 200, 720, 200, "axis"),
        SVG.text("weight of a row; the last bin has all above", 380, 238, "middle small"),
      ])
  }
}
