internal import FoundationEssentials

/// A report as one JSON object, keys sorted and in snake case.
public enum JSONReport {
  /// The object as text.
  /// - Throws: `EncodingError` when a number is not finite.
  public static func text(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  /// Reads a run's JSON back.
  /// - Throws: `DecodingError`.
  public static func run(_ json: [UInt8]) throws -> RunReport {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(RunReport.self, from: Data(json))
  }
}
