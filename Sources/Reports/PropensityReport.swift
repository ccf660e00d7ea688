public import Replay

/// How the holdout's propensities were known: rows and share of each kind.
public struct PropensityReport: Codable, Sendable {
  /// Rows of each kind.
  public let rows: [String: Int]
  /// The share of each kind, in [0,1].
  public let shares: [String: Double]
  /// `logged`, `deterministic`, `estimated`, `mixed` or `none`.
  public let kind: String
  /// The counts and shares in words.
  public let summary: String

  /// Copies the counts.
  public init(_ counts: PropensityCounts) {
    rows = Dictionary(uniqueKeysWithValues: counts.kinds.map { ($0.name, $0.rows) })
    let total = Double(max(counts.total, 1))
    shares = rows.mapValues { Double($0) / total }
    let used = counts.kinds.filter { $0.rows > 0 }
    kind = used.count == 1 ? used[0].name : used.isEmpty ? "none" : "mixed"
    summary = counts.summary
  }
}
