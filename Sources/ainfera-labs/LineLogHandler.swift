import ArgumentParser
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
    var line = LogLine(level: event.level, message: "\(event.message)")
    line.metadata = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { "\($0)" }
    StandardError.write(line.text(format))
  }
}

/// A line of the log.
struct LogLine {
  private enum Value: Encodable {
    case text(String)
    case number(Int32)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      }
    }
  }

  private let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  private let level: Logger.Level
  private let message: String
  var metadata: [String: String] = [:]
  /// That of the process, on the line that says why it ends.
  var exitStatus: Int32?

  init(level: Logger.Level, message: String) {
    self.level = level
    self.message = message
  }

  /// The line, with its end.
  func text(_ format: OutputFormat) -> String {
    if format == .json {
      do {
        return try json + "\n"
      } catch {
        // Better a line in the other format than none.
      }
    }
    let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return StandardError.escaped("\(time) \(level)\(pairs) \(message)") + "\n"
  }

  private var json: String {
    get throws {
      var fields = metadata.mapValues { Value.text($0) }
      fields["time"] = .text(time)
      fields["level"] = .text("\(level)")
      fields["message"] = .text(message)
      if let exitStatus { fields["exit_status"] = .number(exitStatus) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }
  }

  /// The format that `--log-format` asks for, the last one if there are several; text where there is none.
  static func format(asked arguments: [String]) -> OutputFormat {
    let option = "--log-format"
    let joined = arguments.enumerated().compactMap { place, argument -> OutputFormat? in
      if argument.hasPrefix("\(option)=") {
        return OutputFormat(rawValue: String(argument.dropFirst(option.count + 1)))
      }
      guard argument == option, place + 1 < arguments.count else { return nil }
      return OutputFormat(rawValue: arguments[place + 1])
    }
    return joined.last ?? .text
  }
}
