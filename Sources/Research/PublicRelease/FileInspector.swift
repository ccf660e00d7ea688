/// Looks at one file, by its name and its bytes, wherever they come from.
enum FileInspector {
  /// Flaws of a file after which it is left.
  static let enough = 5
  private static let longestName = 120
  private static let shownLetters = 4

  /// What is wrong with a file, each with its line, where it has one.
  static func flaws(path: String, bytes: [UInt8]) -> [(line: Int?, what: String)] {

    if let what = nameFlaw(path) { return [(nil, what)] }
    if path.hasSuffix(".gz") { return flaws(ofCompressed: String(path.dropLast(3)), bytes) }
    guard let format = ReleaseFormat(path: path, bytes: bytes) else {
      return [(nil, "a file of no known format")]
    }
    return lines(of: format.flaws(in: bytes), in: bytes)
  }

  /// What is wrong with a file whose name nobody knows: it must be data of ours, for to prose and code
  /// any text is one of them.
  static func flaws(ofNameless bytes: [UInt8]) -> [(line: Int?, what: String)] {
    let isGood = [ReleaseFormat.table, .json, .jsonLines, .metrics].contains { $0.flaws(in: bytes).isEmpty }
    return isGood
      ? []
      : [(nil, "a file that no commit has; `git reflog expire --expire=now --all && git gc --prune=now` removes it")]
  }

  /// Why a path must not be published; nil where it may.
  static func nameFlaw(_ path: String) -> String? {
    let bytes = Array(path.utf8)[...]
    if !IdentifierRule.flaws(in: bytes).isEmpty { return "a name with an identifier or a hash" }
    let parts = bytes.split(separator: 47)
    let isPlain = parts.allSatisfy { part in
      part.count <= longestName && part.allSatisfy { $0.isWord || ".+-@=".utf8.contains($0) }
    }
    if !isPlain { return "a name with other characters than letters, digits and .+-@=_" }
    return CommonRules.flaws(in: bytes, isConfiguration: true).isEmpty ? nil : "a name with an address or a password"
  }

  /// A path as it may be shown: of a name with an identifier only the start.
  static func shown(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      nameFlaw(String(part)) == nil || part == ".." ? String(part) : part.prefix(shownLetters) + "…"
    }.joined(separator: "/")
  }

  /// What is wrong with a text beside the files, such as the message of a commit.
  static func flaws(inProse bytes: [UInt8]) -> [(line: Int?, what: String)] {
    if let flaw = ReleaseText.encodingFlaw(bytes) { return [(nil, flaw.what)] }
    let found =
      CommonRules.flaws(in: bytes[...], isConfiguration: true) + FragmentRule.flaws(in: bytes[...])
      + TranscriptRule.flaws(in: bytes[...])
    return lines(of: found, in: bytes)
  }

  private static func flaws(ofCompressed path: String, _ bytes: [UInt8]) -> [(line: Int?, what: String)] {
    do {
      let inner = try GzipFile.contents(of: bytes)
      if let stored = inner.name, nameFlaw(stored) != nil { return [(nil, "a stored name that must not be published")] }
      guard let format = ReleaseFormat(path: path, bytes: inner.bytes), format.isCompressible else {
        return [(nil, "a compressed file of no known format")]
      }
      return lines(of: format.flaws(in: inner.bytes), in: inner.bytes)
    } catch {
      return [(nil, "a compressed file that cannot be looked into")]
    }
  }

  private static func lines(of flaws: [Flaw], in bytes: [UInt8]) -> [(line: Int?, what: String)] {
    var found: [(line: Int?, what: String)] = []
    for flaw in flaws where found.count < enough {
      let line = ReleaseText.line(of: flaw.offset, in: bytes)
      if !found.contains(where: { $0.line == line && $0.what == flaw.what }) { found.append((line, flaw.what)) }
    }
    return found
  }
}
