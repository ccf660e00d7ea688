internal import CLibPQ
internal import Glibc
public import Logging

/// One connection to a PostgreSQL server, closed when its owner lets go of it.
public struct Connection: ~Copyable {
  private let handle: OpaquePointer
  private let notices: NoticeLog
  private let logger: Logger
  private let mayCommit: @Sendable () -> Bool
  /// Ends the running statement from another thread.
  public let canceller: Canceller

  /// Connects.
  /// - Throws: `PostgresError` of kind `target`, or `connect` with the SQLSTATE where the server gave one.
  public init(_ settings: ConnectionSettings, logger: Logger) throws(PostgresError) {
    let target = settings.target.map { ConnectionTarget($0) }
    if case .some(nil) = target {
      throw PostgresError(
        .target,
        message: "the database's address \(ConnectionTarget.unreadable); it is not shown, for it may hold a "
          + "password")
    }
    var options = [
      ("fallback_application_name", settings.applicationName), ("application_name", settings.applicationName),
      ("client_encoding", "UTF8"), ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
      ("keepalives_count", "3"),
    ]
    if let target = settings.target { options.insert(("dbname", target), at: 0) }
    let keywords = options.map { strdup($0.0) }
    let values = options.map { strdup($0.1) }
    defer { (keywords + values).forEach { free($0) } }
    let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
    let valuePointers = values.map { UnsafePointer($0) } + [nil]
    guard let handle = PQconnectStartParams(keywordPointers, valuePointers, 1) else {
      throw PostgresError(.connect, message: "out of memory")
    }
    // Before the first answer, or libpq prints what the server says on standard error itself.
    let notices = NoticeLog(logger)
    notices.receive(from: handle)
    do throws(PostgresError) {
      try Connection.finishConnecting(handle, timeout: settings.connectTimeout)
    } catch {
      let names = ConnectionNames(handle, areSecret: target??.hasPassword ?? false)
      PQfinish(handle)
      throw PostgresError(error.kind, sqlState: error.sqlState, message: names.hidden(in: error.message))
    }
    self.handle = handle
    self.logger = logger
    mayCommit = settings.mayCommit
    self.notices = notices
    canceller = Canceller(handle)
  }

  deinit {
    canceller.invalidate()
    PQfinish(handle)
  }

  private static func finishConnecting(_ handle: OpaquePointer, timeout: Double) throws(PostgresError) {
    let start = ContinuousClock.now
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    var direction = PGRES_POLLING_WRITING
    var stage = PQstatus(handle)
    while PQstatus(handle) != CONNECTION_BAD, direction != PGRES_POLLING_OK {
      if direction == PGRES_POLLING_FAILED { break }
      let left = .seconds(timeout) - (ContinuousClock.now - start)
      guard left > .zero else {
        throw PostgresError(.connect, message: "no answer within \(timeout) s")
      }
      var waiting = pollfd(
        fd: PQsocket(handle), events: Int16(direction == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      poll(&waiting, 1, Int32(milliseconds) + 1)
      if waiting.revents != 0 {
        stage = PQstatus(handle)
        direction = PQconnectPoll(handle)
      }
    }
    if PQstatus(handle) == CONNECTION_OK { return }
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? "no reason given"
    if PQconnectionNeedsPassword(handle) == 1 {
      // The server asked and libpq had none to give, so no SQLSTATE tells that it is the password.
      throw PostgresError(.connect, sqlState: "28P01", message: "the server asks for a password, and none was supplied")
    }
    throw connectError(text, stage)
  }

  /// The verbose message of a refused connection is `… FATAL:  28000: role "x" does not exist`, and more lines. The word
  /// for the severity is in the server's language.
  /// - Parameter stage: how far the last attempt came.
  private static func connectError(_ text: String, _ stage: ConnStatusType) -> PostgresError {
    if let refusal = refusal(in: text) {
      return PostgresError(.connect, sqlState: refusal.state, message: refusal.message)
    }
    let first = text.split(separator: "\n").first.map(String.init) ?? text
    return PostgresError(stage == CONNECTION_SSL_STARTUP ? .encryption : .connect, message: first)
  }

  /// SQLSTATE and message of the last refusal in a verbose text.
  private static func refusal(in text: String) -> (state: String, message: String)? {
    let matches = text.split(separator: "\n").lazy.compactMap { $0.firstMatch(of: /:  ([0-9A-Z]{5}): (.*)$/) }
    return matches.last.map { (String($0.1), String($0.2)) }
  }

  /// A parameter of the connection as libpq settled it, `sslmode` for one; never a password.
  public func parameter(_ keyword: String) -> String? {
    guard !keyword.contains("password"), let options = PQconninfo(handle) else { return nil }
    defer { PQconninfoFree(options) }
    var option = options
    while let name = option.pointee.keyword {
      if String(cString: name) == keyword { return option.pointee.val.map { String(cString: $0) } }
      option += 1
    }
    return nil
  }

  /// Runs a statement, with text parameters for `$1`, `$2` and so on.
  /// - Throws: `PostgresError` of kind `statement` or `connectionLost`.
  @discardableResult
  public func query(_ statement: String, _ parameters: [String?] = []) throws(PostgresError) -> QueryResult {
    logger.debug("statement: \(statement)")
    let values = parameters.map { $0.flatMap { strdup($0) } }
    defer { values.forEach { free($0) } }
    let pointers = values.map { UnsafePointer($0) }
    let result = PQexecParams(handle, statement, Int32(parameters.count), nil, pointers, nil, nil, 0)
    defer { PQclear(result) }
    return try read(result, statement)
  }

  /// Runs a statement with parameters of which some are large or in the binary format.
  /// - Throws: `PostgresError` of kind `statement` or `connectionLost`.
  @discardableResult
  public func query(_ statement: String, parameters: [Parameter]) throws(PostgresError) -> QueryResult {
    logger.debug("statement: \(statement)")
    let result = Parameter.withPointers(parameters) { pointers, lengths in
      PQexecParams(
        handle, statement, Int32(parameters.count), nil, pointers, lengths, parameters.map(\.format), 0)
    }
    defer { PQclear(result) }
    return try read(result, statement)
  }

  private func read(_ result: OpaquePointer?, _ statement: String) throws(PostgresError) -> QueryResult {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
      let rows = (0..<PQntuples(result)).map { row in
        (0..<PQnfields(result)).map { column in
          PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
        }
      }
      return QueryResult(rows: rows, commandTag: String(cString: PQcmdStatus(result)))
    default:
      throw error(result, statement)
    }
  }

  private func error(_ result: OpaquePointer?, _ statement: String) -> PostgresError {
    func field(_ code: Unicode.Scalar) -> String? {
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    let line = text.split(separator: "\n").first.map(String.init) ?? "the connection was closed"
    // With the connection the fields are lost, and the text is what is left of them.
    let refusal = field("C") == nil ? Connection.refusal(in: text) : nil
    return PostgresError(
      PQstatus(handle) == CONNECTION_BAD ? .connectionLost : .statement, sqlState: field("C") ?? refusal?.state,
      message: field("M") ?? refusal?.message ?? line, statement: statement)
  }

  /// Runs `COPY (query) TO STDOUT (FORMAT binary)` and calls `body` with each row as it arrives.
  /// - Returns: the number of rows, which the server confirmed.
  /// - Throws: `PostgresError`; a COPY that did not end well is never taken for a whole one.
  @discardableResult
  public func copy(
    _ query: String, columns: Int, _ body: (inout BinaryRow) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Int {
    let statement = "COPY (\(query)) TO STDOUT (FORMAT binary)"
    logger.debug("statement: \(statement)")
    let start = PQexec(handle, statement)
    defer { PQclear(start) }
    guard PQresultStatus(start) == PGRES_COPY_OUT else { throw error(start, statement) }
    var decoder = CopyDecoder(columns: columns)
    do throws(PostgresError) {
      while try readChunk(statement, &decoder, body) {}
    } catch {
      // The server still sends only where it is the reader who gave up.
      if error.kind == .malformedRow { canceller.cancel() }
      drain()
      throw error
    }
    return try finishCopy(statement, decoder)
  }

  @inline(__always)
  private func readChunk(
    _ statement: String, _ decoder: inout CopyDecoder, _ body: (inout BinaryRow) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Bool {
    var chunk: UnsafeMutablePointer<CChar>?
    let length = PQgetCopyData(handle, &chunk, 0)
    if length == -1 { return false }
    guard length > 0, let chunk else { throw error(nil, statement) }
    defer { PQfreemem(chunk) }
    try decoder.read(UnsafeRawBufferPointer(start: chunk, count: Int(length)), body)
    return true
  }

  private func drain() {
    var chunk: UnsafeMutablePointer<CChar>?
    while PQgetCopyData(handle, &chunk, 0) > 0 { PQfreemem(chunk) }
    while let result = PQgetResult(handle) { PQclear(result) }
  }

  private func finishCopy(_ statement: String, _ decoder: CopyDecoder) throws(PostgresError) -> Int {
    var confirmed = -1
    while let result = PQgetResult(handle) {
      defer { PQclear(result) }
      confirmed = try read(result, statement).affectedRows
    }
    guard decoder.isComplete, confirmed == decoder.rows else {
      throw PostgresError(
        .malformedRow, message: "the COPY sent \(decoder.rows) rows and the server says \(confirmed)",
        statement: statement)
    }
    return decoder.rows
  }

  /// Sends rows into `COPY … FROM STDIN`, text already in the format that the statement names.
  public func copyIn(_ statement: String, _ chunks: some Sequence<String>) throws(PostgresError) {
    let start = PQexec(handle, statement)
    defer { PQclear(start) }
    guard PQresultStatus(start) == PGRES_COPY_IN else { throw error(start, statement) }
    for chunk in chunks where PQputCopyData(handle, chunk, Int32(chunk.utf8.count)) != 1 {
      throw error(nil, statement)
    }
    guard PQputCopyEnd(handle, nil) == 1 else { throw error(nil, statement) }
    while let result = PQgetResult(handle) {
      defer { PQclear(result) }
      _ = try read(result, statement)
    }
  }

  /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws, and the first error is thrown.
  /// - Throws: what `body` throws; `PostgresError` of kind `commitUnknown` when the connection is lost at COMMIT, and of
  ///   kind `transactionRefused` behind a pooler that takes single statements only.
  public func transaction<Result>(
    _ begin: String = "BEGIN", _ body: (borrowing Connection) throws -> Result
  ) throws -> Result {
    do throws(PostgresError) {
      try query(begin)
    } catch {
      throw error.sqlState == PostgresError.protocolViolation ? error.asTransactionRefused() : error
    }
    let result: Result
    do {
      result = try body(self)
    } catch {
      _ = try? query("ROLLBACK")
      throw error
    }
    try commit(isReadOnly: begin.hasSuffix("READ ONLY"))
    return result
  }

  private func commit(isReadOnly: Bool) throws(PostgresError) {
    guard isReadOnly || mayCommit() else {
      try query("ROLLBACK")
      throw PostgresError(.statement, sqlState: "57014", message: "the run was given up before COMMIT")
    }
    do throws(PostgresError) {
      let tag = try query("COMMIT").commandTag
      guard tag == "COMMIT" else {
        throw PostgresError(.statement, message: "COMMIT was answered with \(tag)", statement: "COMMIT")
      }
    } catch {
      throw error.kind == .connectionLost && !isReadOnly ? error.asCommitUnknown() : error
    }
  }
}
