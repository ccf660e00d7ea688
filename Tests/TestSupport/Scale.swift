import Foundation

/// How long the tests may take: `Jobs/test --full` asks for the whole of the long ones.
public enum Scale {
  /// Whether the long form is asked for.
  public static let isFull = ProcessInfo.processInfo.environment["LABS_TEST_FULL"] == "1"
}
