/// Finds passwords, keys and tokens, addresses of persons, and data in an encoding that hides it.
///
/// A password that is made up says so: it contains `planted` or `example`, is a placeholder such as `<password>` or `***`, or
/// a variable.
enum SecretRule {
  private static let keywords = [
    "password", "passwd", "pwd", "passphrase", "secret", "api_key", "apikey", "api-key", "access_key", "auth_token",
    "access_token", "token", "client_secret",
  ].map { Array($0.utf8) }
  private static let firstLetters = (0...255).map { letter in keywords.contains { Int($0[0]) == letter } }
  private static let placeholders = ["planted", "example", "***", "xxx", "redacted"]
  private static let armour = String(repeating: "-", count: 5) + "begin"
  private static let harmless = ["true", "false", "null", "none", "nil", "string", "required", "password", "secret"]
  private static let marks = [
    "akia", "asia", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "sk-", "xoxb-", "xoxp-", "aiza", "hf_",
    "eyj",
  ]

  /// Every secret of a text. A configuration file names values without quotes; in code only quoted ones count.
  static func flaws(in bytes: ArraySlice<UInt8>, isConfiguration: Bool) -> [Flaw] {
    var found: [Flaw] = []
    for line in ReleaseText.lines(bytes) {
      if let what = phrase(for: line, isConfiguration: isConfiguration) {
        found.append(Flaw(offset: line.startIndex, what: what))
      }
    }
    return found
  }

  private static func phrase(for line: ArraySlice<UInt8>, isConfiguration: Bool) -> String? {
    if hasConnectionPassword(line) { return "a URL with a password" }
    if hasLogin(line) { return "a password" }
    if hasAddress(line) { return "an e-mail address" }
    if isPasswordFileLine(line) { return "a line of a password file" }
    if hasMark(line) { return "a key or token" }
    let lower = line.text.lowercased()
    if lower.contains(armour) { return "a key or certificate" }
    if hasNamedSecret(Array(lower.utf8), isConfiguration: isConfiguration) { return "a password" }
    return nil
  }

  /// Whether a value is a placeholder for a secret, and none.
  private static func isMadeUp(_ value: ArraySlice<UInt8>) -> Bool {
    let text = value.text.lowercased()
    guard let first = text.utf8.first else { return true }
    return "$<{*%\\(/[@#".utf8.contains(first) || text.hasPrefix("...") || text.hasPrefix("…")
      || placeholders.contains(where: text.contains) || harmless.contains(text)
  }

  /// `scheme://user:password@`.
  private static func hasConnectionPassword(_ line: ArraySlice<UInt8>) -> Bool {
    var rest = line
    while let place = range(of: "://", in: rest) {
      rest = rest[place.upperBound...]
      let authority = rest.prefix { !$0.isSpace && !"/\"'`<>?#|".utf8.contains($0) }
      guard let at = authority.lastIndex(of: 64), let colon = authority[..<at].firstIndex(of: 58) else { continue }
      if !isMadeUp(authority[(colon + 1)..<at]) { return true }
    }
    return false
  }

  /// `--user name:password`, as curl takes it.
  private static func hasLogin(_ line: ArraySlice<UInt8>) -> Bool {
    let words = line.split(separator: 32)
    return zip(words, words.dropFirst()).contains { option, login in
      guard ["-u", "--user"].contains(option.text), let colon = login.firstIndex(of: 58) else { return false }
      let value = login[(colon + 1)...].prefix { !"\"'`".utf8.contains($0) }
      return value.count >= 4 && !value.allSatisfy(\.isDigit) && !isMadeUp(value)
    }
  }

  /// A name at a host, but not of a domain that documentation uses.
  private static func hasAddress(_ line: ArraySlice<UInt8>) -> Bool {
    for at in line.indices where line[at] == 64 {
      let name = line[..<at].reversed().prefix { $0.isWord || ".+-%".utf8.contains($0) }
      let host = line[(at + 1)...].prefix { $0.isWord || $0 == 45 || $0 == 46 }.text.lowercased()
      let labels = host.split(separator: ".", omittingEmptySubsequences: true)
      guard let domain = labels.last, labels.count > 1, !name.isEmpty, domain.count > 1,
        domain.utf8.allSatisfy(\.isLowercase)
      else { continue }
      let isOfDocuments = ["example", "invalid", "test", "localhost", "local"].contains {
        labels.suffix(2).contains($0[...])
      }
      let isFile = ["service", "timer", "json", "md", "swift"].contains(domain)
      if !isOfDocuments && !isFile && !(host == "github.com" && name.reversed().elementsEqual("git".utf8)) {
        return true
      }
    }
    return false
  }

  /// `host:port:database:user:password`.
  private static func isPasswordFileLine(_ line: ArraySlice<UInt8>) -> Bool {
    let fields = line.trimmed.split(separator: 58, omittingEmptySubsequences: false)
    guard fields.count == 5, !line.trimmed.contains(where: { $0 == 32 || $0 == 9 }), fields.allSatisfy({ !$0.isEmpty })
    else { return false }
    return (fields[1].allSatisfy(\.isDigit) || fields[1].elementsEqual([42])) && !isMadeUp(fields[4])
  }

  private static func hasMark(_ line: ArraySlice<UInt8>) -> Bool {
    var rest = line
    var last = ""
    while let start = rest.firstIndex(where: \.isWord) {
      let word = rest[start...].prefix { $0.isWord || $0 == 45 }
      rest = rest[word.endIndex...]
      let text = word.text.lowercased()
      let isBehindScheme = last == "bearer" || last == "basic"
      last = text
      guard word.count >= 16 else { continue }
      if isBehindScheme, word.contains(where: \.isDigit), !isMadeUp(word) { return true }
      if marks.contains(where: text.hasPrefix), !isMadeUp(word), word.contains(where: \.isDigit),
        word.dropFirst(4).contains(where: \.isLetter), !text.hasPrefix("sk-") || word.count >= 20
      {
        return true
      }
    }
    return false
  }

  private static func hasNamedSecret(_ line: [UInt8], isConfiguration: Bool) -> Bool {
    for start in line.indices where firstLetters[Int(line[start])] {
      let before = line[..<start].suffix(2)
      guard before.last.map({ !$0.isLetter }) ?? true || before.elementsEqual("pg".utf8) else { continue }
      for keyword in keywords where line[start...].starts(with: keyword) {
        if isSecret(after: line[(start + keyword.count)...], isConfiguration: isConfiguration) { return true }
      }
    }
    return false
  }

  /// Whether a sign and a value follow that is no placeholder.
  private static func isSecret(after text: ArraySlice<UInt8>, isConfiguration: Bool) -> Bool {
    var rest = text.drop { $0 == 34 || $0 == 39 || $0 == 92 || $0 == 93 || $0 == 42 || $0 == 96 }
    let isTight = rest.first == 61
    rest = rest.drop { $0 == 32 }
    guard let sign = rest.first, sign == 61 || sign == 58 else { return false }
    rest = rest.dropFirst()
    guard rest.first != 61 else { return false }
    rest = rest.drop { $0 == 32 || $0 == 92 }
    let isQuoted = rest.first == 34 || rest.first == 39
    let value = rest.drop { $0 == 34 || $0 == 39 }.prefix { !$0.isSpace && !"\"'`,;)}\\&".utf8.contains($0) }
    guard value.count >= 4, !isMadeUp(value) else { return false }
    if isQuoted || isConfiguration { return true }
    return isTight && value.contains(where: \.isDigit)
  }

  private static func range(of text: String, in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count, let first = wanted.first else { return nil }
    var place = bytes.startIndex
    while place <= bytes.endIndex - wanted.count {
      guard let next = bytes[place...(bytes.endIndex - wanted.count)].firstIndex(of: first) else { return nil }
      if bytes[next..<next + wanted.count].elementsEqual(wanted) { return next..<next + wanted.count }
      place = next + 1
    }
    return nil
  }
}
