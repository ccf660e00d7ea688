import Foundation
import Logging

/// Logs a line for each message on standard error, as text or as JSON, with control characters escaped.
struct LineLogHandler: LogHandler {
  var logLevel = Logger.Level.notice
  var metadata: Logger.Metadata = [:]
  private let format: OutputFormat

  init(format: OutputFormat) { self.format = format }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    StandardError.write((format == .json ? json(event, all, time) : text(event, all, time)) + "\n")
  }

  private func text(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return StandardError.escaped("\(time) \(event.level)\(pairs) \(event.message)")
  }

  private func json(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> String {
    var fields = ["time": time, "level": "\(event.level)", "message": "\(event.message)"]
    for (key, value) in metadata { fields[key] = "\(value)" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(fields)) ?? Data(), as: UTF8.self)
  }
}
