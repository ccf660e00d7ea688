import Outcomes
import Worker

/// The settings file that a command names.
enum SettingsOption {
  /// The settings of a file, or the house's.
  /// - Parameter source: which outcomes, where the file does not say.
  static func read(_ path: String?, source: String? = nil) throws -> Settings {
    var values = Settings()
    if let source { values.selection.source = source }
    guard let path else { return values }
    try values.apply(file: path)
    return values
  }
}
