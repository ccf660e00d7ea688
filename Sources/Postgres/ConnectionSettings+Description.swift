internal import CLibPQ

extension ConnectionSettings {
  /// What the target says as `keyword=value`, with secrets masked; nil where it cannot be read as a target.
  public var maskedTarget: String? {
    guard let target else { return "" }
    guard let options = PQconninfoParse(target, nil) else { return nil }
    defer { PQconninfoFree(options) }
    var parts: [String] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        let name = String(cString: keyword)
        let isSecret = name.contains("password") || option.pointee.dispchar.map { $0.pointee } == CChar(42)
        parts.append("\(name)=\(isSecret ? "***" : String(cString: value))")
      }
      option += 1
    }
    return parts.joined(separator: " ")
  }
}
