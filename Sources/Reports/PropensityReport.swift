public import Replay

/// How many costs of a model are known.
public struct CostReport: Codable, Sendable {
  /// The slug.
  public let model: String
  /// The rows, of both halves.
  public let rows: Int
  /// Those whose cost is known.
  public let known: Int
  /// Those whose cost is absent, negative, not a number or beyond what a call can cost; they are left out of every mean.
  public let unknown: Int
  /// The failed calls among them.
  public let failedWithoutCost: Int
  /// The mean of the costs that are known, in USD; nil where none is.
  public let meanUsd: Double?

  init(_ count: CostCount) {
    model = count.model
    rows = count.rows
    known = count.known
    unknown = count.unknown
    failedWithoutCost = count.failedWithoutCost
    meanUsd = count.mean
  }
}

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
