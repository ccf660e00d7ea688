import Foundation
import Logging
public import Postgres
import Synchronization

/// A private PostgreSQL that ends with this process: it waits for the end of a pipe that only we hold.
public final class TestServer: Sendable {
  /// The folder of its socket.
  public let socket: String
  private let databases = Mutex(0)
  private let keepAlive: Pipe

  /// The server of this process, started once.
  public static let shared: Result<TestServer, any Error> = Result { try TestServer() }

  private init() throws {
    let process = Process()
    process.executableURL = Repository.root.appendingPathComponent("Jobs/private-server")
    process.arguments = ["bash", "-c", "echo $PGHOST; cat >/dev/null"]
    let output = Pipe()
    keepAlive = Pipe()
    process.standardInput = keepAlive
    process.standardOutput = output
    try process.run()
    socket = try output.fileHandleForReading.readLine()
    guard !socket.isEmpty else { throw CocoaError(.fileReadUnknown) }
    // A database that asks for synchronous commits waits for a standby that there is not; the others do not ask.
    for setting in ["synchronous_standby_names = 'nobody'", "synchronous_commit = 'local'"] {
      try owner("postgres").query("ALTER SYSTEM SET \(setting)")
    }
    try owner("postgres").query("SELECT pg_reload_conf()")
    let template = "labs_template"
    try owner("postgres").query("CREATE DATABASE \(template)")
    try TestServer.loadSchema(owner(template))
  }

  /// Applies every migration of the fixture schema.
  public static func loadSchema(_ connection: borrowing Connection) throws {
    let folder = Repository.root.appendingPathComponent("Fixtures/schema")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for name in names where name.hasSuffix(".sql") && !name.hasSuffix(".down.sql") {
      try connection.run(script: try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
    }
  }

  /// Makes a copy of a database, as a rule of the one that has the fixture schema alone, and returns its name.
  public func makeDatabase(from template: String = "labs_template") throws -> String {
    let name = nextName()
    // CREATE DATABASE refuses a template that another copy is being made of.
    try TestServer.copying.withLock { _ in
      _ = try owner("postgres").query("CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY file_copy")
    }
    return name
  }

  /// Makes a database that knows no encoding, with the fixture schema, and returns its name.
  public func makeUnencodedDatabase() throws -> String {
    let name = nextName()
    try TestServer.copying.withLock { _ in
      _ = try owner("postgres").query("CREATE DATABASE \(name) ENCODING 'SQL_ASCII' TEMPLATE template0")
    }
    try TestServer.loadSchema(owner(name))
    return name
  }

  private func nextName() -> String {
    databases.withLock { number in
      number += 1
      return "labs_\(number)"
    }
  }

  private static let copying = Mutex(())

  /// How to reach a database as a role.
  public func settings(_ database: String, role: String = "ainfera_labs") -> ConnectionSettings {
    ConnectionSettings(target: "host=\(socket) port=5432 dbname=\(database) user=\(role)")
  }

  /// A connection as the owner.
  public func owner(_ database: String) throws -> Connection {
    try Connection(settings(database, role: "owner"), logger: Logger(label: "test"))
  }

  /// A connection as the role of the worker.
  public func labs(_ database: String) throws -> Connection {
    try Connection(settings(database), logger: Logger(label: "test"))
  }
}

extension Connection {
  /// Runs a script of several statements, which the extended protocol does not take.
  public borrowing func run(script: String) throws {
    try query("SET client_min_messages = error")
    for statement in SQLScript.statements(script) { try query(statement) }
  }
}
