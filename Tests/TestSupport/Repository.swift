public import Foundation

/// Where this checkout is.
public enum Repository {
  /// The top folder.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program that this build made, beside the test bundle.
  public static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("ainfera-labs")

  /// A folder with a simulated dataset, made once by the program of this build: 20,000 outcomes of the stationary world whose
  /// router explores with 40 % of the calls, `outcomes.csv`, `catalog.json` and `truth.json`. It goes with the process.
  public static var synthetic: URL {
    get throws { try made.get() }
  }

  private static let made: Result<URL, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("labs-synthetic-\(getpid())")
    atexit { Repository.removeSynthetic() }
    let process = Process()
    process.executableURL = program
    process.arguments = [
      "simulate", "--scenario", "stationary", "--rows", "20000", "--seed", "2", "--exploration", "0.4", "--out",
      folder.path,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    return folder
  }

  private static func removeSynthetic() {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("labs-synthetic-\(getpid())")
    try? FileManager.default.removeItem(at: folder)
  }

  /// The text of one of its files.
  public static func synthetic(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: synthetic.appendingPathComponent(name)), as: UTF8.self)
  }

  /// Reads a fixture.
  public static func fixture(_ path: String) throws -> Data {
    try Data(contentsOf: root.appendingPathComponent("Fixtures").appendingPathComponent(path))
  }

  /// Decodes a vector.
  public static func vector<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: fixture("vectors/\(name).json"))
  }
}
