/// What may stand under a column or a key.
indirect enum ValueForm: Sendable {
  /// A number, or nothing.
  case number
  /// True or false.
  case flag
  /// A short name without spaces: a slug, a version, a path.
  case name
  /// A few words in lower case, as the checks of the gate are named.
  case label
  /// An instant of ISO 8601.
  case instant
  /// A UUID that says that it is made up, a number, or a letter with a number.
  case identifier
  /// A tenant: as an identifier, or the word tenant.
  case tenant
  /// A cell of three parts with a tenant in the middle.
  case cell
  /// Where rows come from, which is never production.
  case source
  /// One sentence that a program of ours wrote, or a person for the reader.
  case sentence
  /// Numbers and names, under a key that is not known and stands inside of another text.
  case unknown
  /// Nothing but numbers and single letters, under a key of what people and models say.
  case nothing
  /// An object whose keys are names that nobody can list; what stands under each has this form.
  case map(ValueForm)

  private static let longestName = 96
  private static let longestSentence = 700
  private static let sources = ["synthetic", "simulated", "public"]
  private static let words = ["true", "false", "t", "f"]

  /// Whether a text has this form; an empty one has every form.
  func accepts(_ value: ArraySlice<UInt8>) -> Bool {
    // An outcome without a source counts as one of production.
    if value.isEmpty { if case .source = self { return false } else { return true } }
    switch self {
    case .number: return ValueForm.isNumber(value)
    case .flag: return ValueForm.words.contains(value.text)
    case .name: return ValueForm.isName(value)
    case .label: return ValueForm.isName(value) || ValueForm.isLabel(value)
    case .instant: return ValueForm.isInstant(value)
    case .identifier: return ValueForm.isIdentifier(value)
    case .tenant: return ValueForm.isTenant(value)
    case .cell: return ValueForm.isCell(value)
    case .source: return ValueForm.sources.contains(value.text) || ValueForm.isCitation(value)
    case .sentence:
      return value.count <= ValueForm.longestSentence && !value.contains(10) && TranscriptRule.label(of: value) == nil
    case .unknown: return ValueForm.isName(value)
    case .nothing: return value.count < 3
    case .map(let form): return form.accepts(value)
    }
  }

  /// Whether the key itself is what is wrong with a value.
  var isOfUnknownKey: Bool {
    switch self {
    case .unknown, .nothing: true
    default: false
    }
  }

  /// Whether a text may be the key of a map.
  static func isName(_ value: ArraySlice<UInt8>) -> Bool {
    value.count <= longestName
      && value.allSatisfy { $0.isWord || $0 > 127 || ".:@+/*=<>~^%[](),-".utf8.contains($0) }
  }

  private static func isLabel(_ value: ArraySlice<UInt8>) -> Bool {
    value.count <= 40 && value.split(separator: 32).count <= 4
      && value.allSatisfy { $0.isLowercase || $0 == 32 || $0 == 45 }
  }

  static func isNumber(_ value: ArraySlice<UInt8>) -> Bool {
    value.count <= 32 && value.allSatisfy { $0.isDigit || "+-.eE".utf8.contains($0) } && Double(value.text) != nil
  }

  static func isInstant(_ value: ArraySlice<UInt8>) -> Bool {
    (10...40).contains(value.count) && value.prefix(4).allSatisfy(\.isDigit)
      && value.allSatisfy { $0.isDigit || "-:.+ TZ".utf8.contains($0) }
  }

  private static func isIdentifier(_ value: ArraySlice<UInt8>) -> Bool {
    if IdentifierRule.isMadeUp(value) { return true }
    let letters = value.prefix { $0.isLowercase }
    let digits = value.dropFirst(letters.count).drop { $0 == 45 || $0 == 95 }
    return letters.count <= 8 && digits.count <= 9 && digits.allSatisfy(\.isDigit)
      && (letters.count <= 1 || !digits.isEmpty)
  }

  private static func isTenant(_ value: ArraySlice<UInt8>) -> Bool {
    isIdentifier(value) || ["*", "tenant", "simulated"].contains(value.text)
  }

  static func isCell(_ value: ArraySlice<UInt8>) -> Bool {
    let parts = value.split(separator: 58, omittingEmptySubsequences: false)
    return parts.count == 3 && isName(value) && isTenant(parts[1])
  }

  /// The place in the literature or in another program from which numbers are taken.
  private static func isCitation(_ value: ArraySlice<UInt8>) -> Bool {
    value.count <= 120 && value.contains(47) && value.last == 41
  }
}
