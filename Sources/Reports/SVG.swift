internal import Outcomes

/// The few shapes that the plots are drawn with, as text.
enum SVG {
  /// The text with what XML asks for, so that no name can become markup.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default:
        // XML has no other control characters, not even escaped.
        result.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
      }
    }
    return result
  }

  /// A drawing of this size, with its title and what it shows in words.
  static func document(
    width: Double, height: Double, title: String, description: String, _ body: [String]
  ) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" viewBox="0 0 \(number(width)) \(number(height))">
    <title>\(escaped(title))</title>
    <desc>\(escaped(description))</desc>
    \(body.joined(separator: "\n"))
    </svg>
    """
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
    "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
  }

  static func path(_ points: [(x: Double, y: Double)], _ style: String) -> String {
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return "<polyline class=\"\(style)\" points=\"\(text)\"/>"
  }

  static func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String) -> String {
    "<circle class=\"\(style)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\"/>"
  }

  /// A rectangle; a mouse that rests on it is told its name.
  static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, name: String? = nil
  ) -> String {
    let start =
      "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(width, 0)))\" "
      + "height=\"\(number(max(height, 0)))\""
    return name.map { "\(start)><title>\(escaped($0))</title></rect>" } ?? "\(start)/>"
  }

  static func text(_ text: String, _ x: Double, _ y: Double, _ style: String = "") -> String {
    "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\">\(escaped(text))</text>"
  }

  private static func number(_ value: Double) -> String {
    let text = value.decimals(2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }
}
