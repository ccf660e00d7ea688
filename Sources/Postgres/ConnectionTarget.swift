internal import CLibPQ

/// A target as libpq reads it, where it can be read in one way only.
///
/// A password with `@`, `/` or `:` that is not percent-encoded is read by libpq as a host, a port or a database, and its
/// messages would show it. Such a target is refused here, and nothing of it is shown.
public struct ConnectionTarget {
  /// What is wrong with a target that cannot be read, and what to do.
  public static let unreadable =
    "cannot be read as a libpq URL or keyword=value text: in a URL write @ as %40, : as %3A, / as %2F and % as %25, and "
    + "in keyword=value text put values with blanks in quotes"

  private let values: [(keyword: String, value: String, isSecret: Bool)]

  /// Whether there is a password in it, that of the role or that of the client's key.
  public var hasPassword: Bool { values.contains { $0.isSecret && !$0.value.isEmpty } }

  /// What it says as `keyword=value`, with secrets masked.
  var masked: String {
    values.map { "\($0.keyword)=\($0.isSecret ? "***" : $0.value)" }.joined(separator: " ")
  }

  /// Reads a target; nil where it cannot be read without doubt.
  public init?(_ target: String) {
    let isURL = ["postgresql://", "postgres://"].contains { target.hasPrefix($0) }
    guard isURL || target.contains("=") else {
      // To libpq a word by itself is a database.
      guard !target.isEmpty, target.utf8.allSatisfy(ConnectionTarget.isPlain) else { return nil }
      values = [("dbname", target, false)]
      return
    }
    if isURL, !ConnectionTarget.isClear(url: target) { return nil }
    guard let options = PQconninfoParse(target, nil) else { return nil }
    defer { PQconninfoFree(options) }
    var values: [(keyword: String, value: String, isSecret: Bool)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        let name = String(cString: keyword)
        let isSecret = name.contains("password") || option.pointee.dispchar.map { $0.pointee } == CChar(42)
        values.append((name, String(cString: value), isSecret))
      }
      option += 1
    }
    let areLikely = values.allSatisfy { keyword, value, isSecret in
      if !isSecret, value.contains(/(?i)password\s*[=:]/) { return false }
      return switch keyword {
      case "host", "hostaddr", "port", "user": ConnectionNames.isLikely(value, of: keyword)
      case "dbname": isURL ? ConnectionNames.isLikely(value, of: keyword) : !value.contains("://")
      default: true
      }
    }
    guard areLikely else { return nil }
    self.values = values
  }

  /// Whether there is at most one `@`, and it ends what stands before the first `/`.
  private static func isClear(url: String) -> Bool {
    let rest = url[(url.firstRange(of: "://")?.upperBound ?? url.startIndex)...]
    let authority = rest.prefix { $0 != "/" }
    return !rest.dropFirst(authority.count).contains("@") && authority.filter { $0 == "@" }.count <= 1
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    case 0x80...: true
    default: false
    }
  }
}

/// The names by which a connection was tried, and which may be pieces of a mistyped password.
struct ConnectionNames {
  /// The most bytes of a name that a server shows.
  private static let longestName = 63

  private let secrets: [(keyword: String, value: String)]

  /// - Parameter areSecret: whether all names are, for they stood beside a password; else only those that can hardly be
  ///   what they should be.
  init(_ handle: OpaquePointer, areSecret: Bool) {
    var secrets: [(keyword: String, value: String)] = []
    let options = PQconninfo(handle)
    defer { PQconninfoFree(options) }
    var option = options
    while let current = option, let keyword = current.pointee.keyword {
      let name = String(cString: keyword)
      if ["host", "hostaddr", "port", "user", "dbname"].contains(name), let value = current.pointee.val {
        let text = String(cString: value)
        let parts = ["user", "dbname"].contains(name) ? [text] : [text] + text.split(separator: ",").map(String.init)
        for part in parts where !part.isEmpty && (areSecret || !ConnectionNames.isLikely(text, of: name)) {
          secrets.append((name, part))
          secrets.append((name, String(decoding: part.utf8.prefix(ConnectionNames.longestName), as: UTF8.self)))
        }
      }
      option = current + 1
    }
    self.secrets = secrets.sorted { $0.value.count > $1.value.count }
  }

  /// The message with each of the names that may be secret, and whatever looks like an address, as `…`.
  func hidden(in message: String) -> String {
    let named = secrets.reduce(message) { text, secret in
      var text = text
      for (open, close) in [("\"", "\""), ("«", "»"), ("„", "“"), ("“", "”")] {
        text = text.replacing("\(open)\(secret.value)\(close)", with: "\(open)…\(close)")
      }
      if secret.keyword == "port" { text = text.replacing("port \(secret.value)", with: "port …") }
      return ConnectionNames.isLikely(secret.value, of: secret.keyword) ? text : text.replacing(secret.value, with: "…")
    }
    return named.replacing(/"[^"]*(?:@|:\/\/)[^"]*"/, with: "\"…\"")
  }

  /// Whether a value can be what its keyword says, and not a piece of something else.
  static func isLikely(_ value: String, of keyword: String) -> Bool {
    switch keyword {
    case "port":
      return value.split(separator: ",", omittingEmptySubsequences: false)
        .allSatisfy { $0.isEmpty || UInt16($0) ?? 0 > 0 }
    case "host", "hostaddr":
      return value.split(separator: ",").allSatisfy { host in
        // A path is a folder of sockets, and only an address of IPv6 has colons.
        if host.hasPrefix("/") { return true }
        if host.contains(":") { return host.prefix { $0 != "%" }.allSatisfy { $0.isHexDigit || ":.".contains($0) } }
        return !host.contains { "@/?#=&; ".contains($0) }
      }
    case "user", "dbname": return !value.contains { "@/:?#;=, ".contains($0) }
    default: return true
    }
  }
}
