import Foundation
import TestSupport

/// A finished run of the built program.
struct Program {
  let status: Int32
  let output: String
  let errors: String

  init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// Runs the program with only these variables in its environment.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    try self.init(running: Repository.program.path, arguments, environment: environment)
  }

  /// Runs any program likewise.
  init(running path: String, _ arguments: [String], environment: [String: String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.output = String(decoding: text, as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// A `train` as the worker's role, with its result as JSON.
  static func train(
    _ server: TestServer, _ database: String, _ arguments: [String] = [], cadence: String = "daily",
    role: String = "ainfera_labs"
  ) throws -> Program {
    try Program(
      ["train", "--cadence", cadence, "--format", "json"] + arguments,
      environment: ["PGHOST": server.socket, "PGPORT": "5432", "PGDATABASE": database, "PGUSER": role])
  }

  /// The parts of the JSON that tests look at.
  struct Result: Decodable {
    struct Outcomes: Decodable {
      struct Step: Decodable {
        let step: String
        let rows: Int
      }

      let eligible: Int
      let training: Int
      let holdout: Int
      let known_without_judge: Int
      let funnel: [Step]
    }

    struct Check: Decodable {
      let name: String
      let severity: String
      let passed: Bool
      let observed: String
      let detail: String
    }

    let run_id: String
    let verdict: String
    let would: String?
    let promoted: Bool
    let tenants_moved: Int?
    let reason: String
    let policy_version_from: String
    let policy_version_to: String
    let outcomes: Outcomes
    let checks: [Check]

    /// The check of a name.
    func check(_ name: String) -> Check? { checks.first { $0.name == name } }
  }

  /// The result, decoded.
  func result() throws -> Result { try JSONDecoder().decode(Result.self, from: Data(output.utf8)) }
}
