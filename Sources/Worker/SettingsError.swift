internal import Outcomes

/// What is wrong with the settings.
public enum SettingsError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read or is not YAML.
  case unreadable(path: String, reason: String)
  /// A key is not known.
  case unknownKey(String, known: [String])
  /// A value is out of its range.
  case badValue(key: String, value: String, expected: String)
  /// A number is not finite, so that the settings have no hash.
  case notHashable

  /// One line: what, where, what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "settings \(path): \(reason)"
    case .unknownKey(let key, let known):
      "settings: unknown key \(key.shortened()); known are \(known.joined(separator: ", "))"
    case .badValue(let key, let value, let expected):
      "settings: \(key.shortened()) is \(value.shortened()); it must be \(expected)"
    case .notHashable: "settings: a number is not finite"
    }
  }
}
