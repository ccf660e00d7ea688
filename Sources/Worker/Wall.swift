internal import Foundation
internal import Outcomes

/// What stands between production and a public tree: no row of production, no identifier of a tenant or an inference, no
/// prompt, completion or rationale.
///
/// An identifier is any UUID that does not say that it is made up, as `????????-0000-4000-8000-????????????` does, and
/// is not named as a run's. Values are never shown, for what is found may be private.
public struct Wall {
  /// What was found, and where.
  public struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1; nil of a file as a whole.
    public let line: Int?
    /// What it is.
    public let what: String

    /// `path:line: what`.
    public var description: String { path + (line.map { ":\($0)" } ?? "") + ": \(what)" }
  }

  /// What nobody can look into without another program.
  private static let closed = [
    "parquet", "sqlite", "db", "tsv", "xls", "zip", "tar", "tgz", "xz", "bz2", "zst", "7z", "dump", "xlsx", "pkl",
    "npz", "feather", "arrow",
  ]
  private static let passed = ["png", "jpg", "jpeg", "gif", "webp", "ico", "woff", "woff2", "pdf"]
  private static let secrets = [
    "prompt", "prompts", "completion", "completions", "messages", "response_text", "request_text", "judge_rationale",
    "rationale",
  ]
  private static let identifiers = ["tenant_id", "inference_id"]
  /// Findings of a file after which it is left.
  private static let enough = 5

  private var findings: [Finding] = []

  private init() {}

  /// Looks through files and folders.
  /// - Throws: `RunFailure` where a path cannot be read.
  public static func findings(in paths: [String]) throws(RunFailure) -> [Finding] {
    var wall = Wall()
    for path in paths {
      do {
        try wall.look(at: path)
      } catch let failure as RunFailure {
        throw failure
      } catch {
        throw RunFailure(.badData, "\(path) cannot be looked through: \(error)")
      }
    }
    return wall.findings
  }

  private mutating func look(at path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw RunFailure(.badData, "\(path) does not exist")
    }
    guard isFolder.boolValue else { return try lookIn(file: path) }
    for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    where ![".git", ".build"].contains(name) {
      let inner = path + "/" + name
      let isLink =
        try FileManager.default.attributesOfItem(atPath: inner)[.type] as? FileAttributeType == .typeSymbolicLink
      // What a link leads to is no part of the tree, or is met on its own way.
      if !isLink { try look(at: inner) }
    }
  }

  private mutating func lookIn(file path: String) throws {
    let name = path.lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let kind = plain.split(separator: ".").last.map(String.init) ?? ""
    if Wall.passed.contains(kind) { return }
    if Wall.closed.contains(kind) {
      findings.append(Finding(path: path, line: nil, what: "a file that cannot be looked into"))
      return
    }
    let next = try DatasetFile.chunks(of: path)
    let found = kind == "csv" ? try Wall.lookInTable(next) : try Wall.lookInText(next)
    findings += found.prefix(Wall.enough).map { Finding(path: path, line: $0.line, what: $0.what) }
  }

  private typealias Found = [(line: Int, what: String)]

  private static func lookInTable(_ next: DatasetSource.Chunks) throws -> Found {
    var parser = CSVParser()
    var columns: [String]?
    var found: Found = []
    let take: (DatasetRecord) -> Void = { record in
      let fields = (0..<record.count).map { record[$0] ?? [] }
      if let what = fields.lazy.compactMap({ identifier(in: $0) }).first { found.append((record.line, what)) }
      let texts = fields.map { String(decoding: $0, as: UTF8.self) }
      guard let names = columns else {
        columns = texts
        return
      }
      if let what = zip(names, texts).lazy.compactMap({ fault(column: $0, value: $1) }).first {
        found.append((record.line, what))
      }
    }
    while found.count < enough, let chunk = try next() { try parser.parse(chunk, take) }
    if found.count < enough { try parser.finish(take) }
    return found
  }

  private static func lookInText(_ next: DatasetSource.Chunks) throws -> Found {
    var lines = LineSplitter()
    var found: Found = []
    let take: (ArraySlice<UInt8>, Int) -> Void = { line, number in
      let what = identifier(in: line) ?? field(inJSON: String(decoding: line, as: UTF8.self))
      if let what { found.append((number, what)) }
    }
    while found.count < enough, let chunk = try next() { lines.split(chunk, take) }
    lines.finish(take)
    return found
  }

  private static func fault(column: String, value: String) -> String? {
    guard !value.isEmpty, value != "null" else { return nil }
    if column == "source", value == "prod" { return "a row of production" }
    if secrets.contains(column) { return "a \(column)" }
    if identifiers.contains(column), !isMadeUp(value) { return "a \(column) that is not made up" }
    return nil
  }

  private static func isMadeUp(_ value: String) -> Bool {
    value.contains("-0000-4000-8000-") || ["t", "tenant", "*"].contains(value)
  }

  /// A key of JSON with a value that must not be there.
  private static func field(inJSON text: String) -> String? {
    for key in secrets + identifiers + ["source"] {
      var rest = text[...]
      while let place = rest.range(of: "\"\(key)\"") {
        rest = rest[place.upperBound...]
        let after = rest.drop { $0.isWhitespace }
        guard after.first == ":" else { continue }
        let value = after.dropFirst().drop { $0.isWhitespace }
        guard let first = value.first, first == "\"" || first == "[" || first == "{" else { continue }
        let shown = first == "\"" ? String(value.dropFirst().prefix { $0 != "\"" }) : "?"
        if let what = fault(column: key, value: shown) { return what }
      }
    }
    return nil
  }

  /// A UUID that does not say that it is made up, and is not named as a run's.
  private static func identifier(in line: ArraySlice<UInt8>) -> String? {
    let dash = UInt8(ascii: "-")
    var place = line.startIndex
    while let first = line[place...].firstIndex(of: dash) {
      place = first + 1
      let start = first - 8
      let end = start + 36
      guard start >= line.startIndex, end <= line.endIndex, isIdentifier(line[start..<end]) else { continue }
      let text = String(decoding: line[start..<end], as: UTF8.self)
      let before = String(decoding: line[line.startIndex..<start].suffix(24), as: UTF8.self)
      if !isMadeUp(text), !isOfRun(before) { return "an identifier that is not made up" }
      place = end
    }
    return nil
  }

  private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.enumerated().allSatisfy { offset, byte in
      [8, 13, 18, 23].contains(offset)
        ? byte == UInt8(ascii: "-")
        : (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
  }

  private static func isOfRun(_ before: String) -> Bool {
    let name = before.reversed().drop { !$0.isLetter && $0 != "_" }.prefix { $0.isLetter || $0 == "_" }
    return ["run", "run_id"].contains(String(name.reversed()))
  }
}
