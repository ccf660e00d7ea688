internal import Glibc
internal import Outcomes

/// A scale from numbers to places on paper, with round numbers to mark.
struct PlotAxis {
  enum Scale {
    case linear, logarithmic
  }

  let scale: Scale
  let range: ClosedRange<Double>
  let from: Double
  let to: Double

  /// An axis that holds these numbers with a little room, drawn from one place to another.
  init(_ values: [Double], scale: Scale = .linear, from: Double, to: Double) {
    self.scale = scale
    self.from = from
    self.to = to
    let known = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    let (least, most) = (known.min() ?? 0, known.max() ?? 1)
    switch scale {
    case .linear:
      let room = most > least ? 0.06 * (most - least) : max(0.05 * most.magnitude, 1e-9)
      range = least - room...most + room
    case .logarithmic: range = max(least, 1e-12) / 1.3...max(most, 1e-12) * 1.3
    }
  }

  func place(_ value: Double) -> Double {
    let share: Double
    switch scale {
    case .linear: share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic: share = log(max(value, 1e-12) / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }
    return from + min(max(share, -0.02), 1.02) * (to - from)
  }

  /// Round numbers within the range: some five of them, or 1, 2 and 5 of each decade.
  var marks: [Double] {
    switch scale {
    case .linear:
      let rough = (range.upperBound - range.lowerBound) / 5
      let power = pow(10, log10(rough).rounded(.down))
      let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
      let first = (range.lowerBound / step).rounded(.up)
      return (0..<12).map { (first + Double($0)) * step }.filter { range.contains($0) }.map { $0 == 0 ? 0 : $0 }
    case .logarithmic:
      let first = Int(log10(range.lowerBound).rounded(.down))
      let last = Int(log10(range.upperBound).rounded(.up))
      let decades = last - first
      let digits: [Double] = decades > 3 ? [1] : [1, 2, 5]
      return (first...last).flatMap { power in digits.map { $0 * pow(10, Double(power)) } }
        .filter { range.contains($0) }
    }
  }

  /// A mark's number, with as many decimals as tell it from its neighbours.
  func label(_ mark: Double) -> String {
    let step: Double
    switch scale {
    case .linear: step = marks.count > 1 ? marks[1] - marks[0] : max(mark.magnitude, 1e-9)
    case .logarithmic: step = mark
    }
    let places = min(max(Int((-log10(step) + 1e-9).rounded(.up)), 0), 9)
    return mark.decimals(places)
  }
}
