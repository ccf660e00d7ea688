internal import Foundation
internal import Glibc
public import Outcomes

/// The files of a dataset.
public enum DatasetFile {
  private static let chunk = 1 << 20

  /// Opens the outcomes.
  /// - Throws: `RunFailure` with status 65, naming the file and the place in it.
  public static func outcomes(
    _ path: String, catalog: Catalog, selection: OutcomeSelection
  ) throws(RunFailure) -> DatasetSource {
    do {
      return try DatasetSource(catalog: catalog, selection: selection) { try chunks(of: path) }
    } catch {
      throw failure(error, path)
    }
  }

  /// Reads a catalog.
  /// - Throws: `RunFailure` with status 65.
  public static func catalog(_ path: String) throws(RunFailure) -> Catalog {
    try decode(Catalog.self, from: path)
  }

  /// Decodes a JSON file.
  /// - Throws: `RunFailure` with status 65, naming the file and the key.
  public static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws(RunFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(contents(of: path)))
    } catch let DecodingError.keyNotFound(key, context) {
      throw RunFailure(.badData, "\(path): \(key.stringValue) is missing\(place(context))")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
      throw RunFailure(.badData, "\(path): a value of another type is needed\(place(context))")
    } catch {
      throw failure(error, path)
    }
  }

  /// The bytes of a file.
  /// - Throws: `RunFailure` with status 65.
  public static func contents(of path: String) throws -> [UInt8] {
    let next = try chunks(of: path)
    var bytes: [UInt8] = []
    while let chunk = try next() { bytes += chunk }
    return bytes
  }

  /// What a failure to read a file comes to.
  static func failure(_ error: any Error, _ path: String) -> RunFailure {
    switch error {
    case let failure as RunFailure: failure
    case let error as DatasetError: RunFailure(.badData, "\(path): \(error)")
    default: RunFailure(.badData, "\(path) cannot be read as what it should be: \(error)")
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    return path.isEmpty ? "" : " at " + path.joined(separator: ".")
  }

  private static func chunks(of path: String) throws(RunFailure) -> DatasetSource.Chunks {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw RunFailure(.badData, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    return { try file.read(upToCount: chunk).map { [UInt8]($0) } }
  }
}
