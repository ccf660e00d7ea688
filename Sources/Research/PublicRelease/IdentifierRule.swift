/// Finds the identifiers of tenants, agents and inferences: any UUID, however it is written, that does not say that it is
/// made up, as `????????-0000-4000-8000-????????????` does, and is not named as a run's.
enum IdentifierRule {
  static let what = "an identifier that is not made up"
  private static let groups = [4, 4, 4, 12]
  private static let hexDigit: [Bool] = (0...255).map { UInt8($0).hexValue != nil }
  /// How a hyphen may be written.
  private static let hyphens = [
    "-", "_", ":", ".", "/", " ", "%2d", "&#45;", "&#x2d;", "\\u002d", "‐", "‑", "–", "—", "−",
  ]
  .map { Array($0.utf8) }
  /// What names a hash, so that it is no identifier.
  private static let hashNames = [
    "sha", "hash", "digest", "commit", "revision", "checksum", "ref", "/blob/", "/tree/", "spdx",
  ]

  /// Every identifier and every unexplained hexadecimal value.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var found: [Flaw] = []
    var run = 0
    var end = bytes.startIndex
    while end <= bytes.endIndex {
      if end < bytes.endIndex, hexDigit[Int(bytes[end])] {
        run += 1
      } else {
        if run >= 8, let flaw = flaw(in: bytes, run: end - run..<end) { found.append(flaw) }
        run = 0
      }
      end += 1
    }
    return found
  }

  /// Whether a value says that it is made up.
  static func isMadeUp(_ value: ArraySlice<UInt8>) -> Bool {
    guard value.count == 36 else { return false }
    return value.text.lowercased().dropFirst(8).dropLast(12) == "-0000-4000-8000-"
      && value.allSatisfy { $0 == 45 || $0.hexValue != nil }
  }

  private static func flaw(in bytes: ArraySlice<UInt8>, run: Range<Int>) -> Flaw? {
    if run.count >= 32 { return flaw(ofLong: run, in: bytes) }
    let start = run.upperBound - 8
    guard let digits = groupedDigits(in: bytes, first: start..<run.upperBound), !isMadeUp(digits: digits),
      !isOfRun(bytes[..<start])
    else { return nil }
    return Flaw(offset: start, what: what)
  }

  private static func flaw(ofLong run: Range<Int>, in bytes: ArraySlice<UInt8>) -> Flaw? {
    let digits = bytes[run].map { $0 | 0x20 }
    // A number of many decimals, or a line drawn with one letter.
    guard Set(digits).count > 2, digits.contains(where: { $0 > 96 }) else { return nil }
    if run.count == 32 {
      return isMadeUp(digits: digits) || isOfRun(bytes[..<run.lowerBound])
        ? nil : Flaw(offset: run.lowerBound, what: what)
    }
    let before = bytes[..<run.lowerBound].suffix(48).text.lowercased()
    if [40, 64].contains(run.count), hashNames.contains(where: before.contains) { return nil }
    return Flaw(offset: run.lowerBound, what: "a long hexadecimal value")
  }

  /// The 32 digits of five groups with hyphens of one kind, from the first group on.
  private static func groupedDigits(in bytes: ArraySlice<UInt8>, first: Range<Int>) -> [UInt8]? {
    guard let hyphen = hyphens.first(where: { starts(bytes[first.upperBound...], with: $0) }) else { return nil }
    var digits = Array(bytes[first])
    var place = first.upperBound
    for length in groups {
      guard starts(bytes[place...], with: hyphen) else { return nil }
      place += hyphen.count
      let group = bytes[place...].prefix(length)
      guard group.count == length, group.allSatisfy({ hexDigit[Int($0)] }) else { return nil }
      digits += group
      place += length
    }
    digits = digits.map { $0 | 0x20 }
    return hyphen == [45] || digits.contains { $0 > 96 } ? digits : nil
  }

  private static func starts(_ bytes: ArraySlice<UInt8>, with text: [UInt8]) -> Bool {
    var place = bytes.startIndex
    for byte in text {
      guard place < bytes.endIndex, (bytes[place].isUppercase ? bytes[place] | 0x20 : bytes[place]) == byte else {
        return false
      }
      place += 1
    }
    return true
  }

  private static func isMadeUp(digits: [UInt8]) -> Bool {
    digits[8..<20].elementsEqual("000040008000".utf8) || Set(digits).count == 1
  }

  private static func isOfRun(_ before: ArraySlice<UInt8>) -> Bool {
    let name = before.suffix(24).reversed().drop { !$0.isLetter && $0 != 95 }.prefix { $0.isLetter || $0 == 95 }
    return ["run", "run_id"].contains(String(decoding: name.reversed(), as: UTF8.self).lowercased())
  }
}
