/// What went wrong between us and the server: a kind, the server's SQLSTATE where it gave one, its primary message and
/// the statement. The server's DETAIL and bound values are never kept, for they can hold what rows contain.
public struct PostgresError: Error, Equatable, CustomStringConvertible {
  /// Where it went wrong.
  public enum Kind: Sendable, Equatable {
    /// The target cannot be read, or not without doubt.
    case target
    /// No connection could be made.
    case connect
    /// The server was reached, and no encrypted connection could be made with it.
    case encryption
    /// The other side takes no transactions, as a pooler in statement mode does not.
    case transactionRefused
    /// The server refused a statement.
    case statement
    /// The connection was lost.
    case connectionLost
    /// The connection was lost after COMMIT was sent, so nobody knows yet whether it took place.
    case commitUnknown
    /// A row of a COPY is not what the protocol says.
    case malformedRow
    /// A row of a COPY holds a value that its reader cannot take.
    case badRow
  }

  /// Where it went wrong.
  public let kind: Kind
  /// The five characters of the server's SQLSTATE.
  public let sqlState: String?
  /// What the server or the library said, without detail.
  public let message: String
  /// The statement, with its placeholders.
  public let statement: String?

  /// Makes an error.
  public init(_ kind: Kind, sqlState: String? = nil, message: String, statement: String? = nil) {
    self.kind = kind
    self.sqlState = sqlState
    self.message = message
    self.statement = statement
  }

  /// Whether the cause is one that may be gone soon: the server starts, stops or is full, or the way to it is cut.
  public var mayPass: Bool {
    if kind == .transactionRefused { return false }
    if let sqlState {
      return ["57P01", "57P02", "57P03", "53300"].contains(sqlState)
        || (sqlState.hasPrefix("08") && sqlState != PostgresError.protocolViolation)
    }
    // A certificate that is not to be trusted now will not be in a minute.
    return kind == .connect || kind == .connectionLost
  }

  /// What a pooler answers to a statement that its mode does not allow.
  static let protocolViolation = "08P01"

  /// Whether a value of a row is the cause: one that cannot be converted, or is no text in the encoding.
  public var isOfValue: Bool { kind == .badRow || sqlState?.hasPrefix("22") == true }

  func asCommitUnknown() -> PostgresError {
    PostgresError(.commitUnknown, sqlState: sqlState, message: message, statement: statement)
  }

  /// The same where it has been found out that the transaction did not take place.
  public func asNotCommitted() -> PostgresError {
    guard kind == .commitUnknown else { return self }
    return PostgresError(.connectionLost, sqlState: sqlState, message: message, statement: statement)
  }

  func asTransactionRefused() -> PostgresError {
    PostgresError(.transactionRefused, sqlState: sqlState, message: message, statement: statement)
  }

  /// The message, with the SQLSTATE behind it.
  public var description: String {
    message + (sqlState.map { " (SQLSTATE \($0))" } ?? "")
  }
}
