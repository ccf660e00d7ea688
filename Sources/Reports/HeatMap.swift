internal import Outcomes

/// What changes in each task and band: how much of the traffic, and whether it gets better.
struct HeatMap {
  let cells: [RunFigures.TaskBand]

  var drawing: String {
    let tasks = Array(Set(cells.map(\.task))).sorted()
    let bands = Array(Set(cells.map(\.band))).sorted()
    let (left, top, height) = (150.0, 36.0, 30.0)
    let width = min(96.0, 600 / Double(max(bands.count, 1)))
    let strongest = max(cells.map { $0.doneLift.magnitude }.max() ?? 0, 1e-9)
    let squares = cells.flatMap { cell -> [String] in
      let x = left + width * Double(bands.firstIndex(of: cell.band) ?? 0)
      let y = top + height * Double(tasks.firstIndex(of: cell.task) ?? 0)
      let share = Double(cell.changedRows) / Double(max(cell.rows, 1))
      let style = cell.changedRows == 0 ? "kept" : cell.doneLift >= 0 ? "better" : "worse"
      let bar = (width - 4) * min(cell.doneLift.magnitude / strongest, 1)
      let name =
        "\(cell.task), \(cell.band): \((100 * share).decimals(0)) % of \(cell.rows) rows changed, done "
        + cell.doneLift.signedDecimals(3)
      return [
        SVG.rectangle(x + 1, y + 1, width - 2, height - 2, "kept", name: name),
        SVG.rectangle(x + 2, y + height - 7, cell.changedRows == 0 ? 0 : bar, 5, style),
        SVG.text(
          cell.changedRows == 0 ? "–" : cell.doneLift.signedDecimals(3), x + width / 2, y + height / 2 + 1,
          "middle small"),
      ]
    }
    let heads = bands.enumerated().map { number, band in
      SVG.text(String(band.prefix(14)), left + width * (Double(number) + 0.5), top - 8, "middle small")
    }
    let names = tasks.enumerated().map { number, task in
      SVG.text(String(task.prefix(22)), left - 8, top + height * (Double(number) + 0.5) + 4, "end small")
    }
    return SVG.document(
      width: left + width * Double(max(bands.count, 1)) + 10, height: top + height * Double(tasks.count) + 8,
      title: "Lift in done by task and band",
      description: cells.map {
        "\($0.task), \($0.band): \($0.changedRows) of \($0.rows) rows changed, done \($0.doneLift.signedDecimals(3))"
      }.joined(separator: "; "), squares + heads + names)
  }
}
