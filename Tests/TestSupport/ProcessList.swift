import Foundation

/// The processes of this machine.
public enum ProcessList {
  /// Whether a process has ended, or ends within some seconds; one that nobody has waited for yet has.
  public static func isGone(_ identifier: String) -> Bool {
    let path = "/proc/\(identifier.trimmingCharacters(in: .whitespacesAndNewlines))/stat"
    for _ in 0..<100 {
      // The state is behind the name, which is in parentheses.
      let state = FileManager.default.contents(atPath: path)
        .flatMap { String(decoding: $0, as: UTF8.self).split(separator: ")").last?.first { $0 != " " } }
      if state == nil || state == "Z" || state == "X" { return true }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return false
  }
}
