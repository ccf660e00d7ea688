/// Splits a script at its semicolons, but not inside of quotes, dollar quotes or comments.
enum SQLScript {
  static func statements(_ script: String) -> [String] {
    var result: [String] = []
    var statement = ""
    var quote: String?
    var rest = script[...]
    while let character = rest.first {
      if let open = quote {
        if rest.hasPrefix(open) {
          statement += open
          rest = rest.dropFirst(open.count)
          quote = nil
          continue
        }
      } else if rest.hasPrefix("--") {
        rest = rest.drop { $0 != "\n" }
        continue
      } else if let opening = ["$$", "$c$", "'"].first(where: { rest.hasPrefix($0) }) {
        statement += opening
        rest = rest.dropFirst(opening.count)
        quote = opening
        continue
      } else if character == ";" {
        result.append(statement)
        statement = ""
        rest = rest.dropFirst()
        continue
      }
      statement.append(character)
      rest = rest.dropFirst()
    }
    return (result + [statement]).filter { $0.contains { !$0.isWhitespace } }
  }
}
