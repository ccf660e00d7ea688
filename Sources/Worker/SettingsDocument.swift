internal import Foundation
internal import Outcomes
internal import Yams

/// The text of a settings file as a mapping: one document, without anchors and aliases, and no deeper than floors are.
struct SettingsDocument {
  /// The most bytes of a file.
  private static let mostColons = 20_100
  static let mostBytes = 1 << 20

  private static let mostDepth = 4

  /// The mapping; nil of a text without any.
  let root: Node?
  /// The keys that it names.
  let keys: [String]

  /// Reads a text.
  /// - Parameter path: for messages.
  /// - Throws: `SettingsError`.
  init(yaml: String, path: String) throws(SettingsError) {
    guard yaml.utf8.count <= SettingsDocument.mostBytes else { throw SettingsDocument.tooLong(path) }
    guard !SettingsDocument.mayHaveReferences(yaml) else { throw SettingsDocument.references(path) }
    // Told before the text is parsed, which takes a time that grows with the square of the keys.
    guard yaml.utf8.count(where: { $0 == UInt8(ascii: ":") }) <= SettingsDocument.mostColons else {
      throw .unreadable(path: path, reason: "there are more keys than settings and 10,000 floors have")
    }
    do {
      root = try Parser(yaml: yaml, resolver: .default, constructor: .default, encoding: .utf8).singleRoot()
    } catch {
      throw .unreadable(path: path, reason: "not YAML: \(SettingsDocument.reason(error))")
    }
    guard let root else {
      keys = []
      return
    }
    try SettingsDocument.check(root, depth: 0, path: path)
    // An empty document is one of nothing but comments.
    guard root.null == nil else {
      keys = []
      return
    }
    guard let mapping = root.mapping else {
      throw .unreadable(path: path, reason: "not a mapping of keys to values")
    }
    keys = mapping.keys.map { $0.string ?? "" }
  }

  /// The text of a file.
  /// - Throws: `SettingsError` of a file that cannot be read, has more than 1 MiB, or is not UTF-8.
  static func text(of path: String) throws(SettingsError) -> String {
    let data: Data
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try file.read(upToCount: mostBytes + 1) ?? Data()
    } catch {
      throw .unreadable(path: path, reason: "the file cannot be read")
    }
    guard data.count <= mostBytes else { throw tooLong(path) }
    guard let text = String(validating: ByteOrderMark.skipped([UInt8](data)), as: UTF8.self) else {
      throw .unreadable(path: path, reason: "the file is not UTF-8")
    }
    return text
  }

  private static func tooLong(_ path: String) -> SettingsError {
    .unreadable(path: path, reason: "the file has more than \(mostBytes) bytes")
  }

  private static func references(_ path: String) -> SettingsError {
    .unreadable(path: path, reason: "anchors (&) and aliases (*) are not allowed; write the value where it is needed")
  }

  /// Whether a word of the text begins with `&` or `*`, but for words of comments.
  ///
  /// It is looked at before the text is parsed, for an alias as a key is expanded while it is parsed, and a few lines can
  /// expand to gigabytes. A word in quotes is taken for a reference too, for a text that is not parsed does not tell where
  /// quotes begin; a comment is seen only where no quotes come before it.
  private static func mayHaveReferences(_ yaml: String) -> Bool {
    // To YAML these end a line, and with it a comment.
    if yaml.unicodeScalars.contains(where: { ["\u{85}", "\u{2028}", "\u{2029}"].contains($0) }) { return true }
    var previous = UInt8(ascii: "\n")
    var (isComment, hasQuotes) = (false, false)
    for byte in yaml.utf8 {
      let isWordStart = " \t\r\n[]{},:-?!\"'".utf8.contains(previous)
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): isComment = false
      case UInt8(ascii: "\"") where !isComment, UInt8(ascii: "'") where !isComment: hasQuotes = true
      case UInt8(ascii: "#") where " \t\r\n".utf8.contains(previous) && !hasQuotes: isComment = true
      case UInt8(ascii: "&") where isWordStart && !isComment, UInt8(ascii: "*") where isWordStart && !isComment:
        return true
      default: break
      }
      previous = byte
    }
    return false
  }

  private static func check(_ node: Node, depth: Int, path: String) throws(SettingsError) {
    guard depth < mostDepth else { throw .unreadable(path: path, reason: "values are nested too deep") }
    guard node.anchor == nil else { throw references(path) }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        guard case .scalar = key else { throw .unreadable(path: path, reason: "a key is not a plain text") }
        try check(key, depth: depth + 1, path: path)
        try check(value, depth: depth + 1, path: path)
      }
    case .sequence(let sequence): for value in sequence { try check(value, depth: depth + 1, path: path) }
    case .alias: throw references(path)
    case .scalar: break
    }
  }

  /// What the parser says, without the text that it quotes.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      "line \(context.mark.line): the key \(keys.listed()) stands there twice"
    case YamlError.reader(let problem, let offset, _, _): "byte \(offset ?? 0): \(problem)"
    default: "it cannot be parsed"
    }
  }
}
