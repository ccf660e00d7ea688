import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct TLSTests {
  /// Runs `doctor`, which tells of the connection, and `train`, which must come to the same status.
  private func examine(
    _ server: TLSServer, host: String = "localhost", mode: String = "verify-full", authority: String = "authority",
    environment: [String: String]
  ) throws -> Program {
    let address =
      "postgresql://ainfera_labs@\(host):\(server.port)/postgres?sslmode=\(mode)"
      + "&sslrootcert=\(server.folder)/\(authority).pem"
    let all = environment.merging(["LABS_DATABASE_URL": address]) { _, new in new }
    let train = try Program(["train", "--cadence", "shadow", "--connect-retry-seconds", "0"], environment: all)
    let doctor = try Program(["doctor", "--connect-retry-seconds", "0"], environment: all)
    #expect(train.status == doctor.status)
    for program in [train, doctor] { #expect(!(program.output + program.errors).contains("planted")) }
    return doctor
  }

  @Test("a certificate is verified: authority, host and date; and a password comes from a file")
  func verifies() throws {
    let server = try TLSServer()
    let folder = try TemporaryFolder()
    let passwords = try folder.write("*:*:*:ainfera_labs:planted-password\n", to: "pgpass")
    let wrong = try folder.write("*:*:*:ainfera_labs:planted-wrong\n", to: "wrong")
    for path in [passwords, wrong] {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    let right = ["PGPASSFILE": passwords]

    let verified = try examine(server, environment: right)
    #expect(verified.status == 0 && verified.output.contains("the server's certificate is verified"))
    let unverified = try examine(server, mode: "require", authority: "missing", environment: right)
    #expect(unverified.status == 0 && unverified.output.contains("warn  tls"))
    #expect(try examine(server, environment: ["PGPASSFILE": wrong]).status == 77)
    #expect(try examine(server, environment: [:]).status == 77)
    let service = try folder.write(
      "[labs]\nhost=localhost\nport=\(server.port)\ndbname=postgres\nuser=ainfera_labs\npassword=planted-password\n"
        + "sslmode=verify-full\nsslrootcert=\(server.folder)/authority.pem\n", to: "services")
    let byService = try Program(["doctor"], environment: ["PGSERVICEFILE": service, "PGSERVICE": "labs"])
    #expect(byService.status == 0 && !byService.output.contains("planted"))

    let stranger = try examine(server, authority: "stranger", environment: right)
    #expect(stranger.status == 69 && stranger.output.contains("certificate verify failed"))
    try server.serve("elsewhere")
    let elsewhere = try examine(server, environment: right)
    #expect(elsewhere.status == 69 && elsewhere.output.contains("db.example.com"))
    try server.serve("expired")
    let expired = try examine(server, environment: right)
    #expect(expired.status == 69 && expired.output.contains("certificate"))
    try server.serve("good")
    #expect(try examine(server, environment: right).status == 0)
    try server.serve("none")
    #expect(try examine(server, environment: right).status != 0)
  }
}
