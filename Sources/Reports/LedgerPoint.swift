internal import Outcomes

/// One run of the ledger, as the page plots it.
public struct LedgerPoint: Sendable {
  let instant: String
  let doneLift: Double
  let isPromoted: Bool

  /// Notes a run.
  public init(instant: String, doneLift: Double, isPromoted: Bool) {
    self.instant = instant
    self.doneLift = doneLift
    self.isPromoted = isPromoted
  }

  /// The lifts over the runs, oldest first.
  static func drawing(_ points: [LedgerPoint]) -> String {
    let y = PlotAxis(points.map(\.doneLift) + [0], from: 200, to: 20)
    let step = 660 / Double(max(points.count - 1, 1))
    let places = points.enumerated().map { (x: 70 + step * Double($0.offset), y: y.place($0.element.doneLift)) }
    let grid = y.marks.flatMap { mark in
      [
        SVG.line(70, y.place(mark), 730, y.place(mark), "grid"),
        SVG.text(y.label(mark), 64, y.place(mark) + 4, "end small"),
      ]
    }
    let marks = zip(places, points).map { place, point in
      SVG.circle(place.x, place.y, point.isPromoted ? 5.5 : 4, point.isPromoted ? "candidate" : "single")
    }
    let ends = [points.first, points.last].compactMap { $0?.instant.prefix(10) }
    return SVG.document(
      width: 760, height: 246, title: "Lift in done, run by run",
      description: points.map {
        "\($0.instant): \($0.doneLift.signedDecimals(4))\($0.isPromoted ? ", promoted" : "")"
      }.joined(separator: "; "),
      grid + [SVG.line(70, y.place(0), 730, y.place(0), "zero"), SVG.path(places, "front")] + marks
        + [
          SVG.text(String(ends.first ?? ""), 70, 222, "small"),
          SVG.text(String(ends.last ?? ""), 730, 222, "end small"),
          SVG.text("filled: promoted; hollow: held", 400, 240, "middle small"),
        ])
  }
}
