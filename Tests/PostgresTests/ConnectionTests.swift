import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private static let logger = Logger(label: "test")

  @Test("parameters, NULLs and the command tag go through")
  func queries() throws {
    let server = try TestServer.shared.get()
    let connection = try server.owner("postgres")
    let result = try connection.query("SELECT $1::int + 1, $2::text, 'x'", ["41", nil])
    #expect(result.rows == [["42", nil, "x"]])
    #expect(result.commandTag == "SELECT 1")
  }

  @Test("a refused statement is an error with its SQLSTATE, without detail or values")
  func errors() throws {
    let connection = try TestServer.shared.get().owner("postgres")
    try connection.query("CREATE TEMP TABLE unique_values (v text UNIQUE)")
    try connection.query("INSERT INTO unique_values VALUES ($1)", ["secret rationale"])
    let error = #expect(throws: PostgresError.self) {
      try connection.query("INSERT INTO unique_values VALUES ($1)", ["secret rationale"])
    }
    #expect(error?.sqlState == "23505")
    #expect(error.map { "\($0) \($0.statement ?? "")".contains("secret") } == false)
  }

  @Test("a role that does not exist is refused with its SQLSTATE, and no server is out of reach")
  func connects() throws {
    let server = try TestServer.shared.get()
    let refused = #expect(throws: PostgresError.self) {
      _ = try Connection(server.settings("postgres", role: "nobody"), logger: ConnectionTests.logger).query("SELECT 1")
    }
    #expect(refused?.sqlState == "28000")
    let missing = #expect(throws: PostgresError.self) {
      _ = try Connection(server.settings("no_such_database"), logger: ConnectionTests.logger).query("SELECT 1")
    }
    #expect(missing?.sqlState == "3D000")
    let unreachable = #expect(throws: PostgresError.self) {
      let nowhere = ConnectionSettings(target: "host=/nonexistent user=x dbname=x")
      _ = try Connection(nowhere, logger: ConnectionTests.logger).query("SELECT 1")
    }
    #expect(unreachable?.kind == .connect && unreachable?.sqlState == nil)
  }

  @Test("a COPY streams every row and the connection can be used again")
  func copies() throws {
    let connection = try TestServer.shared.get().owner("postgres")
    var sum = 0
    let rows = try connection.copy("SELECT g::int4, NULL::text FROM generate_series(1, 5000) g", columns: 2) {
      row throws(PostgresError) in
      sum += try row.integer() ?? 0
      _ = try row.bytes { _ in 0 }
    }
    #expect(rows == 5000 && sum == 5000 * 5001 / 2)
    #expect(try connection.query("SELECT 1").scalar == "1")
  }

  @Test("a COPY that fails on the way is an error, not a short result")
  func failingCopy() throws {
    let connection = try TestServer.shared.get().owner("postgres")
    let error = #expect(throws: PostgresError.self) {
      try connection.copy("SELECT 1 / (3000 - g) FROM generate_series(1, 5000) g", columns: 1) {
        row throws(PostgresError) in _ = try row.integer()
      }
    }
    #expect(error?.sqlState == "22012")
  }

  @Test("a transaction whose body throws is rolled back and the first error is thrown")
  func transactions() throws {
    let connection = try TestServer.shared.get().owner("postgres")
    try connection.query("CREATE TEMP TABLE numbers (n int)")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try connection.transaction { connection in
        try connection.query("INSERT INTO numbers VALUES (1)")
        throw Stop()
      }
    }
    #expect(try connection.query("SELECT count(*) FROM numbers").scalar == "0")
    try connection.transaction { connection in _ = try connection.query("INSERT INTO numbers VALUES (1)") }
    #expect(try connection.query("SELECT count(*) FROM numbers").scalar == "1")
  }

  @Test("a statement ends when it is cancelled from another thread")
  func cancels() throws {
    let connection = try TestServer.shared.get().owner("postgres")
    let canceller = connection.canceller
    // A thread of its own, for tests that block may hold every thread of the pool.
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.3)
      canceller.cancel()
    }
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    #expect(error?.sqlState == "57014")
  }

  @Test(
    "identifiers and literals survive quotes and backslashes",
    arguments: [
      "plain", "a'b", "a\\b", "a\"b", "é\n", "a\"\u{301}b", "a'\u{301}b", "a\\\u{308}b", "\u{200d}\"\u{200d}",
      "\"\u{fe0f}",
      "\r\n\"", "\"; DROP TABLE x; --\u{301}",
    ])
  func quoting(text: String) throws {
    let connection = try TestServer.shared.get().owner("postgres")
    let result = try connection.query(
      "SELECT \(SQLText.literal(text)), (SELECT column_name FROM json_to_record('{}') AS t (\(SQLText.identifier(text)) int), "
        + "LATERAL (SELECT json_object_keys(row_to_json(t)) AS column_name) AS names)")
    #expect(result.rows[0].map { $0.map { Array($0.utf8) } } == [Array(text.utf8), Array(text.utf8)])
  }
}
