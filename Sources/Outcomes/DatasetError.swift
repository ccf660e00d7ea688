/// Why a dataset in a file cannot be read: where, and what is wrong there.
public struct DatasetError: Error, Equatable, CustomStringConvertible {
  /// The line, from 1; nil where the file as a whole is wrong.
  public let line: Int?
  /// The column's name; nil where the line as a whole is wrong.
  public let column: String?
  /// What is wrong, with the value.
  public let reason: String

  /// Makes an error.
  public init(line: Int?, column: String?, reason: String) {
    self.line = line
    self.column = column?.shortened()
    self.reason = reason.shortened(to: 500)
  }

  /// `line 12, column judge_score: "x" is no number`.
  public var description: String {
    let place = [line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? reason : "\(place): \(reason)"
  }
}
