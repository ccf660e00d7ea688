internal import FoundationEssentials
public import LinUCB
public import Outcomes
public import Policies
public import Replay
internal import Yams

/// What a run is told: which outcomes, how to learn, how to decide, and what the gate asks for.
public struct Settings: Sendable {
  /// Which outcomes.
  public var selection = OutcomeSelection()
  /// The diagonal that is added when solving.
  public var ridge = Ridge()
  /// Whether the ridge on cells is the most likely one, by the training rows, in place of the one given.
  public var choosesCellRidge = false
  /// How to decide.
  public var learner = PolicyLearner()
  /// What the gate asks for.
  public var thresholds = GateThresholds()
  /// The floors of the tasks.
  public var floors = Catalog.standardFloors
  /// The floor of the other tasks.
  public var defaultFloor = 0.5
  /// The floors that a settings file names, which go before those of a catalog in a file.
  public var namedFloors: [String: Double] = [:]
  /// The default floor that a settings file names.
  public var namedDefaultFloor: Double?
  /// The keys that a settings file names.
  public private(set) var namedKeys: Set<String> = []
  /// The PostgreSQL schema of the gateway.
  public var schema = "public"

  /// The house's settings.
  public init() {}

  /// Reads settings from YAML; what it does not name is the house's.
  /// - Parameter path: for messages.
  /// - Throws: `SettingsError`.
  public init(yaml: String, path: String) throws(SettingsError) {
    self.init()
    try apply(yaml: yaml, path: path)
  }

  /// Reads settings from a file; what it does not name is the house's.
  /// - Throws: `SettingsError`.
  public mutating func apply(file path: String) throws(SettingsError) {
    try apply(yaml: SettingsDocument.text(of: path), path: path)
  }

  /// Changes what the YAML names.
  /// - Parameter path: for messages.
  /// - Throws: `SettingsError`.
  public mutating func apply(yaml: String, path: String) throws(SettingsError) {
    let document = try SettingsDocument(yaml: yaml, path: path)
    let known = SettingsFile.CodingKeys.allCases.map(\.rawValue)
    if let unknown = document.keys.sorted().first(where: { !known.contains($0) }) {
      throw SettingsError.unknownKey(unknown, known: known)
    }
    guard let root = document.root, !document.keys.isEmpty else { return }
    let file: SettingsFile
    do {
      file = try YAMLDecoder().decode(SettingsFile.self, from: root)
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.dataCorrupted(context) {
      let key = context.codingPath.map { $0.stringValue.shortened() }.joined(separator: ".")
      throw .unreadable(path: path, reason: "\(key) has a value of another type")
    } catch {
      throw .unreadable(path: path, reason: "a value cannot be read")
    }
    try file.apply(to: &self)
    namedKeys.formUnion(document.keys)
  }

  /// What the gate compares: the hashes of the decision rule, of the feature set, and of all else, eight digits each.
  /// - Throws: `SettingsError` where a number is not finite, which no file can bring about.
  public var rulesetHash: String {
    get throws(SettingsError) {
      let parts = [
        Array(learner.rule.rawValue.utf8),
        Array("intercept task band tenant\(selection.usesInputTokens ? " input_tokens" : "")".utf8),
        try rulesetRest,
      ]
      return parts.map { Policy.shortHash($0) }.joined(separator: "-")
    }
  }

  private var rulesetRest: [UInt8] {
    get throws(SettingsError) {
      struct Rest: Encodable {
        let numbers: [Double]
        let floors: [String: Double]
        let source: String
        let thresholds: GateThresholds
      }
      let rest = Rest(
        numbers: [
          selection.holdoutShare, selection.halfLifeDays ?? -1, ridge.shared, ridge.tenant,
          choosesCellRidge ? -1 : ridge.cell, learner.alpha, learner.minimumSupport, learner.exploration, defaultFloor,
        ], floors: floors, source: selection.source, thresholds: thresholds)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      do {
        return Array(try encoder.encode(rest))
      } catch {
        throw .notHashable
      }
    }
  }

  /// What changed between two rulesets, for the version.
  public static func change(from old: String?, to new: String) -> PolicyVersion.Change {
    let before = (old ?? new).split(separator: "-")
    let after = new.split(separator: "-")
    guard before.count == 3, after.count == 3 else { return .table }
    if before[0] != after[0] { return .decisionRule }
    return before[1] != after[1] ? .features : .table
  }
}
