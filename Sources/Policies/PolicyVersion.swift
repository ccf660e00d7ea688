/// A policy's version: `MAJOR.MINOR.PATCH+hash8`.
public struct PolicyVersion: Sendable, Equatable, CustomStringConvertible {
  /// Raised by a changed decision rule.
  public let major: Int
  /// Raised by a changed feature set.
  public let minor: Int
  /// Raised by every other promotion.
  public let patch: Int
  /// The first eight hex digits of the SHA-256 of the policy's canonical JSON.
  public let hash: String

  /// Makes a version of its parts.
  public init(major: Int, minor: Int, patch: Int, hash: String) {
    self.major = major
    self.minor = minor
    self.patch = patch
    self.hash = hash
  }

  /// The numbers that a version may have, so that the next one is a version too.
  private static let numbers = 0..<1_000_000_000

  /// Reads a version, which must be written as `description` writes it.
  /// - Throws: `PolicyError.badVersion`.
  public init(_ text: String) throws(PolicyError) {
    let halves = text.split(separator: "+", omittingEmptySubsequences: false)
    let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard halves.count == 2, numbers.count == 3, PolicyVersion.isHash(halves[1]),
      numbers.allSatisfy(PolicyVersion.numbers.contains)
    else { throw .badVersion(text) }
    self.init(major: numbers[0], minor: numbers[1], patch: numbers[2], hash: String(halves[1]))
    guard description.utf8.elementsEqual(text.utf8) else { throw .badVersion(text) }
  }

  private static func isHash(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 8 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// The version of the policy before any was promoted.
  public static func untrained(hash: String) -> PolicyVersion {
    PolicyVersion(major: 1, minor: 0, patch: 0, hash: hash)
  }

  /// What a promotion changes beside the table.
  public enum Change: Sendable {
    /// Only the table.
    case table
    /// The features that the fit learns from.
    case features
    /// The decision rule.
    case decisionRule
  }

  /// The version of the policy that follows this one.
  public func next(_ change: Change, hash: String) -> PolicyVersion {
    switch change {
    case .table: PolicyVersion(major: major, minor: minor, patch: patch + 1, hash: hash)
    case .features: PolicyVersion(major: major, minor: minor + 1, patch: 0, hash: hash)
    case .decisionRule: PolicyVersion(major: major + 1, minor: 0, patch: 0, hash: hash)
    }
  }

  /// `MAJOR.MINOR.PATCH+hash8`.
  public var description: String { "\(major).\(minor).\(patch)+\(hash)" }
}
