/// The formats of the files of a public tree. A file's name says which one it claims to be, and its content must be that.
enum ReleaseFormat {
  case swift, c, python, shell, sql, markdown, yaml, json, jsonLines, table, vowpalWabbit, markup
  case unit, users, crontab, dockerfile, patterns, requirements, metrics, licence

  private static let suffixes: [String: ReleaseFormat] = [
    "swift": .swift, "h": .c, "c": .c, "modulemap": .c, "py": .python, "sh": .shell, "bash": .shell, "sql": .sql,
    "md": .markdown, "yaml": .yaml, "yml": .yaml, "cff": .yaml, "json": .json, "resolved": .json, "jsonl": .jsonLines,
    "ndjson": .jsonLines, "dsjson": .jsonLines, "csv": .table, "vw": .vowpalWabbit, "dat": .vowpalWabbit,
    "html": .markup,
    "svg": .markup, "service": .unit, "timer": .unit, "socket": .unit, "ini": .unit, "sysusers": .users,
    "tmpfiles": .users,
    "prom": .metrics,
  ]
  private static let names: [String: ReleaseFormat] = [
    ".swift-format": .json, ".gitignore": .patterns, ".dockerignore": .patterns, ".gitattributes": .patterns,
    "Dockerfile": .dockerfile, "crontab": .crontab, "LICENSE": .licence, "LICENCE": .licence, "NOTICE": .licence,
    "COPYING": .licence, ".shellcheckrc": .requirements,
  ]
  /// What may be compressed by gzip.
  private static let compressible: Set<ReleaseFormat> = [.table, .json, .jsonLines, .vowpalWabbit]

  /// The format that a file claims; nil of any other.
  init?(path: String, bytes: [UInt8]) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if let format = ReleaseFormat.names[name] {
      self = format
      return
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let suffix = parts.last.map(String.init) else {
      guard let format = ReleaseFormat.script(bytes) else { return nil }
      self = format
      return
    }
    if suffix == "txt" {
      guard let format = ReleaseFormat.text(path.lowercased(), name, bytes) else { return nil }
      self = format
    } else if let format = ReleaseFormat.suffixes[suffix] {
      self = format
    } else {
      return nil
    }
  }

  /// Texts are examples of Vowpal Wabbit, what Python requires, and licences, whose names say so.
  private static func text(_ path: String, _ name: String, _ bytes: [UInt8]) -> ReleaseFormat? {
    if name.hasPrefix("requirements") { return .requirements }
    if VowpalWabbitFormat.isLikely(bytes[...]) { return .vowpalWabbit }
    return ["license", "licence", "notice", "copying", "copyright"].contains(where: path.contains) ? .licence : nil
  }

  /// The language of a script, which its first line names.
  private static func script(_ bytes: [UInt8]) -> ReleaseFormat? {
    guard bytes.starts(with: "#!/".utf8) else { return nil }
    let line = bytes.prefix { $0 != 10 }.text
    return line.contains("python") ? .python : line.hasSuffix("sh") || line.contains("sh -") ? .shell : nil
  }

  /// Whether files of this format may come compressed.
  var isCompressible: Bool { ReleaseFormat.compressible.contains(self) }

  /// Whether values stand without quotes, so that a word after `password:` is one.
  private var isConfiguration: Bool {
    switch self {
    case .swift, .c, .python, .sql, .table: false
    default: true
    }
  }

  /// Whether lines are as long as people write them.
  private var hasShortLines: Bool {
    switch self {
    case .json, .jsonLines, .table, .vowpalWabbit, .markup: false
    default: true
    }
  }

  /// All that is wrong with a text of this format, in its order.
  func flaws(in bytes: [UInt8]) -> [Flaw] {
    if let flaw = ReleaseText.encodingFlaw(bytes) { return [flaw] }
    if bytes.allSatisfy(\.isSpace) { return [] }
    if hasShortLines, let flaw = ReleaseText.longLine(bytes) { return [flaw] }
    // A table's columns leave no room for a password.
    let common =
      self == .table
      ? IdentifierRule.flaws(in: bytes[...]) + EncodedDataRule.flaws(in: bytes[...])
      : CommonRules.flaws(in: bytes[...], isConfiguration: isConfiguration)
    return (common + ownFlaws(in: bytes)).sorted { $0.offset < $1.offset }
  }

  private func ownFlaws(in bytes: [UInt8]) -> [Flaw] {
    switch self {
    case .swift: SourceFormat.flaws(inSwift: bytes)
    case .c: SourceFormat.flaws(inC: bytes)
    case .python: SourceFormat.flaws(inPython: bytes)
    case .shell: ShellFormat.flaws(in: bytes)
    case .sql: SQLFormat.flaws(ofFile: bytes[...])
    case .markdown: MarkdownFormat.flaws(in: bytes[...])
    case .yaml: YAMLFormat.flaws(in: bytes[...])
    case .json: JSONFormat.flaws(ofFile: bytes[...])
    case .jsonLines: JSONFormat.flaws(ofLines: bytes[...])
    case .table: TableFormat.flaws(in: bytes[...])
    case .vowpalWabbit: VowpalWabbitFormat.flaws(in: bytes[...])
    case .markup: MarkupFormat.flaws(in: bytes[...])
    case .unit: PlainFormats.flaws(inUnit: bytes[...])
    case .users: PlainFormats.flaws(inUsers: bytes[...])
    case .crontab: PlainFormats.flaws(inCrontab: bytes[...])
    case .dockerfile: PlainFormats.flaws(inDockerfile: bytes[...])
    case .patterns: PlainFormats.flaws(inPatterns: bytes[...])
    case .requirements: PlainFormats.flaws(inRequirements: bytes[...])
    case .metrics: PlainFormats.flaws(inMetrics: bytes[...])
    case .licence: PlainFormats.flaws(inLicence: bytes[...])
    }
  }
}
