internal import Outcomes

/// Policies and models by what they cost and are worth, with the Pareto front.
public struct CostQualityPlot: Sendable {
  /// What a point is.
  public enum Role: Sendable {
    /// The policy that was learned.
    case candidate
    /// The policy that it would follow.
    case incumbent
    /// One model served to all.
    case singleModel
    /// Any other policy.
    case other

    fileprivate var style: String {
      switch self {
      case .candidate: "candidate"
      case .incumbent: "incumbent"
      case .singleModel: "single"
      case .other: "other"
      }
    }
  }

  /// One policy or model.
  public struct Point: Sendable {
    /// Its name.
    public let name: String
    /// USD for an outcome.
    public let cost: Double
    /// In [0,1].
    public let quality: Double
    let margin: Double
    let role: Role

    /// Places a policy.
    /// - Parameters:
    ///   - cost: USD for an outcome, above 0.
    ///   - margin: half of the interval of the quality; 0 for none.
    public init(_ name: String, cost: Double, quality: Double, margin: Double = 0, role: Role) {
      self.name = name
      self.cost = cost
      self.quality = quality
      self.margin = margin
      self.role = role
    }
  }

  private static let (width, height, left, right, top, bottom) = (760.0, 460.0, 60.0, 470.0, 34.0, 410.0)

  private let title: String
  private let points: [Point]

  /// Gathers the points; those that cost nothing have no place on a logarithmic axis.
  public init(title: String, points: [Point]) {
    self.title = title
    self.points = points.filter { $0.cost > 0 && $0.quality.isFinite }.sorted { $0.cost < $1.cost }
  }

  /// The points that no other one is cheaper than and at least as good as, by rising cost.
  var front: [Point] {
    var best = -Double.infinity
    return points.sorted { $0.cost == $1.cost ? $0.quality > $1.quality : $0.cost < $1.cost }.filter { point in
      defer { best = max(best, point.quality) }
      return point.quality > best
    }
  }

  /// The drawing as a file of its own.
  public var file: String { PlotStyle.standalone(drawing) }

  /// The drawing, for a page that has the plots' style.
  public var drawing: String {
    typealias Plot = CostQualityPlot
    let x = PlotAxis(points.map(\.cost), scale: .logarithmic, from: Plot.left, to: Plot.right)
    let y = PlotAxis(
      points.flatMap { [$0.quality - $0.margin, $0.quality + $0.margin] }, from: Plot.bottom, to: Plot.top)
    let steps = front.map { (x: x.place($0.cost), y: y.place($0.quality)) }
    return SVG.document(
      width: Plot.width, height: Plot.height, title: title, description: description,
      grid(x, y) + [SVG.path(steps, "front")] + marks(x, y) + legend)
  }

  private var description: String {
    "Quality against cost in USD for an outcome, on a logarithmic axis. On the Pareto front: "
      + front.map { "\($0.name) (\($0.cost.decimals(7)) USD, quality \($0.quality.decimals(4)))" }.joined(
        separator: ", ")
      + "."
  }

  private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
    typealias Plot = CostQualityPlot
    let across = y.marks.flatMap { mark in
      [
        SVG.line(Plot.left, y.place(mark), Plot.right, y.place(mark), "grid"),
        SVG.text(y.label(mark), Plot.left - 6, y.place(mark) + 4, "end"),
      ]
    }
    let upwards = x.marks.flatMap { mark in
      [
        SVG.line(x.place(mark), Plot.bottom, x.place(mark), Plot.top, "grid"),
        SVG.text(x.label(mark), x.place(mark), Plot.bottom + 16, "middle small"),
      ]
    }
    return across + upwards + [
      SVG.text("quality", 8, Plot.top - 14),
      SVG.text("cost in USD for an outcome", (Plot.left + Plot.right) / 2, Plot.bottom + 36, "middle"),
    ]
  }

  private func marks(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
    points.enumerated().flatMap { number, point -> [String] in
      let (left, top) = (x.place(point.cost), y.place(point.quality))
      let interval =
        point.margin > 0
        ? [
          SVG.line(
            left, y.place(point.quality - point.margin), left, y.place(point.quality + point.margin),
            "\(point.role.style) range")
        ] : []
      return interval + [
        SVG.circle(left, top, point.role == .candidate || point.role == .incumbent ? 6 : 4.5, point.role.style),
        SVG.text(CostQualityPlot.letter(number), left + 8 + 8 * Double(neighbours(number, x, y)), top - 5, "small"),
      ]
    }
  }

  /// How many points before this one lie so near that their letters would meet.
  private func neighbours(_ number: Int, _ x: PlotAxis, _ y: PlotAxis) -> Int {
    let own = points[number]
    return points[..<number].count {
      (x.place($0.cost) - x.place(own.cost)).magnitude < 8 && (y.place($0.quality) - y.place(own.quality)).magnitude < 9
    }
  }

  private var legend: [String] {
    points.enumerated().flatMap { number, point in
      let top = CostQualityPlot.top + 17 * Double(number)
      return [
        SVG.circle(CostQualityPlot.right + 26, top - 4, 4.5, point.role.style),
        SVG.text("\(CostQualityPlot.letter(number))  \(point.name.prefix(34))", CostQualityPlot.right + 38, top),
      ]
    }
  }

  /// `A` to `Z`, then `a` to `z`, then numbers.
  private static func letter(_ number: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return number < letters.count ? String(letters[number]) : String(number)
  }
}
