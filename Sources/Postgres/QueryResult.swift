/// The rows of a small result, as text.
public struct QueryResult: Sendable {
  /// The rows; a NULL is nil.
  public let rows: [[String?]]
  /// What the server said it did: `UPDATE 3`.
  public let commandTag: String

  /// The number in the command tag: how many rows a statement changed.
  public var affectedRows: Int { commandTag.split(separator: " ").last.flatMap { Int($0) } ?? 0 }

  /// The only value of the first row.
  public var scalar: String? { rows.first?.first ?? nil }
}
