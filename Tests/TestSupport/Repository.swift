public import Foundation

/// Where this checkout is.
public enum Repository {
  /// The top folder.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program that this build made, beside the test bundle.
  public static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("ainfera-labs")

  /// Reads a fixture.
  public static func fixture(_ path: String) throws -> Data {
    try Data(contentsOf: root.appendingPathComponent("Fixtures").appendingPathComponent(path))
  }

  /// Decodes a vector.
  public static func vector<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: fixture("vectors/\(name).json"))
  }
}
