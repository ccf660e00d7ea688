import Foundation
import Logging
import Postgres
import Testing

@Suite struct BadServerTests {
  private static let logger = Logger(label: "test")

  private func settings(_ server: FakeServer) -> ConnectionSettings {
    ConnectionSettings(target: "host=\(server.folder.path) user=x dbname=x")
  }

  @Test(
    "a refusal is known by its SQLSTATE, whatever the language of the server",
    arguments: [
      ("ВАЖНО", "28P01", "пользователь \"x\" не прошёл проверку подлинности (по паролю)"),
      ("致命错误", "3D000", "数据库 \"x\" 不存在"), ("FATAL", "53300", "sorry, too many clients already"),
    ])
  func languages(severity: String, state: String, message: String) throws {
    let server = try FakeServer(answering: FakeServer.refusal(severity: severity, state: state, message: message))
    defer { server.stop() }
    let error = #expect(throws: PostgresError.self) {
      _ = try Connection(settings(server), logger: BadServerTests.logger).query("SELECT 1")
    }
    #expect(error?.kind == .connect && error?.sqlState == state && error?.message == message)
    #expect(error?.mayPass == (state == "53300"))
  }

  @Test("to cancel a statement never waits for the server")
  func cancelling() throws {
    let server = try FakeServer(answering: FakeServer.silent)
    let connection = try Connection(settings(server), logger: BadServerTests.logger)
    let start = ContinuousClock.now
    for _ in 0..<3 { connection.canceller.cancel() }
    #expect(ContinuousClock.now - start < .seconds(5))
    server.stop()
  }

  @Test("waits grow, end with the time, and end at once when asked to")
  func backoff() {
    var waits: [Int] = []
    var backoff = Backoff(within: 1.5, unless: { false })
    while backoff.pause({ waits.append($0) }) {}
    #expect((2...7).contains(waits.count) && waits.reduce(0, +) <= 1500, "\(waits)")
    var stopped = Backoff(within: 600, unless: { true })
    #expect(!stopped.pause { _ in waits.append(0) } && waits.last != 0)
  }
}
