internal import Outcomes

/// Estimates with their intervals, one under the other, against zero.
struct ForestPlot {
  /// One estimate.
  struct Row {
    let name: String
    let mean: Double
    let lower: Double?
    let upper: Double?
    /// Whether it is what the gate goes by.
    let decides: Bool
  }

  let title: String
  let unit: String
  let places: Int
  let rows: [Row]

  var drawing: String {
    let (left, right, step) = (250.0, 530.0, 22.0)
    let bottom = 26 + step * Double(rows.count)
    let axis = PlotAxis(
      rows.flatMap { [$0.mean, $0.lower ?? $0.mean, $0.upper ?? $0.mean] } + [0], from: left, to: right)
    let grid = axis.marks.flatMap { mark in
      [
        SVG.line(axis.place(mark), 12, axis.place(mark), bottom, "grid"),
        SVG.text(axis.label(mark), axis.place(mark), bottom + 15, "middle small"),
      ]
    }
    let lines = rows.enumerated().flatMap { number, row -> [String] in
      let top = 26 + step * Double(number)
      let style = row.decides ? "candidate" : "other"
      let (low, high) = (row.lower.map(axis.place) ?? left, row.upper.map(axis.place) ?? right)
      return [
        SVG.text(row.name, left - 10, top + 4, "end"), SVG.line(low, top, high, top, "\(style) range"),
        SVG.circle(axis.place(row.mean), top, row.decides ? 5.5 : 4, style),
        SVG.text(interval(row), right + 10, top + 4, "small"),
      ]
    }
    return SVG.document(
      width: 760, height: bottom + 38, title: title,
      description: rows.map { "\($0.name): \(interval($0))" }.joined(separator: "; "),
      grid + [SVG.line(axis.place(0), 12, axis.place(0), bottom, "zero")] + lines
        + [SVG.text(unit, (left + right) / 2, bottom + 32, "middle small")])
  }

  private func interval(_ row: Row) -> String {
    "\(row.mean.signedDecimals(places)) [\(row.lower?.signedDecimals(places) ?? "unbounded"), "
      + "\(row.upper?.signedDecimals(places) ?? "unbounded")]"
  }
}
