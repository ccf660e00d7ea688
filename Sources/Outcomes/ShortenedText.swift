/// Names that come from data, in messages: no name and no list of them makes a text long.
extension String {
  /// How many characters of a name a message shows.
  public static let shownCharacters = 120

  /// The text, or its beginning and an ellipsis where it has more than `limit` Unicode scalars.
  /// - Complexity: O(limit), however long the text is.
  public func shortened(to limit: Int = String.shownCharacters) -> String {
    guard let end = unicodeScalars.index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else {
      return self
    }
    return String(unicodeScalars[..<end]) + "…"
  }
}

extension Sequence<String> {
  /// The first names, each shortened, with commas between, and how many more there are: `a, b and 3 more`.
  public func listed(_ shown: Int = 3) -> String {
    var (first, rest): ([String], Int) = ([], 0)
    for name in self {
      if first.count < shown { first.append(name.shortened()) } else { rest += 1 }
    }
    return first.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
