internal import Foundation
internal import Glibc
public import Outcomes
public import Simulation

/// The files of a dataset.
public enum DatasetFile {
  private static let chunk = 1 << 20
  /// The most bytes of a JSON file that is read at once.
  private static let mostJSON = 1 << 28

  /// The outcomes of a file, as they are to be read.
  public struct Outcomes: Sendable {
    /// The file's path; gzip is seen by its first bytes.
    public let path: String
    /// How they stand in it.
    public let format: DatasetFormat
    /// How many records that cannot be read may be left out.
    public let tolerance: Int
    private let chunks: @Sendable () throws -> DatasetSource.Chunks

    /// Names a file.
    public init(path: String, format: DatasetFormat, tolerance: Int = 0) {
      self.path = path
      self.format = format
      self.tolerance = tolerance
      chunks = { try DatasetFile.chunks(of: path) }
    }

    /// A log that is drawn from the full information of a file.
    public init(path: String, drawn log: DrawnLog) {
      self.path = path
      format = .csv
      tolerance = 0
      chunks = { log.chunks() }
    }

    /// Opens and counts them.
    /// - Throws: `RunFailure` with status 65, naming the file and the place in it.
    public func open(catalog: Catalog, selection: OutcomeSelection) throws(RunFailure) -> DatasetSource {
      do {
        return try DatasetSource(
          catalog: catalog, selection: selection, format: format, tolerance: tolerance, open: chunks)
      } catch {
        throw DatasetFile.failure(error, path)
      }
    }

    /// A catalog of the actions that the file names, all alike in prior and price and without a floor, so that the
    /// default rule takes the one of the highest mean.
    /// - Throws: `RunFailure` with status 65.
    public func actions() throws(RunFailure) -> Catalog {
      do {
        let names = try DatasetSource.models(format: format, open: chunks)
        return try Catalog(
          validating: names.map {
            CatalogModel(slug: $0, prior: 0.5, inputPrice: 0.5, outputPrice: 0.5, isAllowed: true)
          }, floors: [:], defaultFloor: 0)
      } catch {
        throw DatasetFile.failure(error, path)
      }
    }
  }

  /// Reads what every model answered to every prompt.
  /// - Throws: `RunFailure` with status 65, naming the file and the place in it.
  public static func fullInformation(_ path: String, catalog: Catalog) throws(RunFailure) -> FullInformation {
    do {
      return try FullInformation(catalog: catalog, next: chunks(of: path))
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
      return try JSONDecoder().decode(type, from: Data(contents(of: path, limit: mostJSON)))
    } catch let DecodingError.dataCorrupted(context) {
      let isText = context.codingPath.isEmpty
      throw RunFailure(
        .badData,
        isText
          ? "\(path) is not JSON, or a number in it is too large" : "\(path): a value cannot be read\(place(context))")
    } catch let DecodingError.keyNotFound(key, context) {
      throw RunFailure(.badData, "\(path): \(key.stringValue) is missing\(place(context))")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
      throw RunFailure(.badData, "\(path): a value of another type is needed\(place(context))")
    } catch {
      throw failure(error, path)
    }
  }

  /// The bytes of a file, without a byte-order mark.
  /// - Parameter limit: the most bytes that it may have.
  /// - Throws: `RunFailure` with status 65.
  public static func contents(of path: String, limit: Int = .max) throws -> [UInt8] {
    let next = try ByteOrderMark.skipped(chunks(of: path))
    var bytes: [UInt8] = []
    while let chunk = try next() {
      bytes += chunk
      guard bytes.count <= limit else { throw RunFailure(.badData, "\(path) has more than \(limit) bytes") }
    }
    return bytes
  }

  /// What a failure to read a file comes to.
  static func failure(_ error: any Error, _ path: String) -> RunFailure {
    switch error {
    case let failure as RunFailure: failure
    case let error as DatasetError: RunFailure(.badData, "\(path): \(error)")
    case let error as CatalogError: RunFailure(.badData, "\(path): \(error)")
    default: RunFailure(.badData, "\(path) cannot be read as what it should be: \(error)")
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue.shortened() }
    return path.isEmpty ? "" : " at " + path.joined(separator: ".")
  }

  static func chunks(of path: String) throws(RunFailure) -> DatasetSource.Chunks {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw RunFailure(.badData, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    do {
      let isCompressed = try file.read(upToCount: 2) == Data([0x1f, 0x8b])
      try file.seek(toOffset: 0)
      if isCompressed { return try decompressed(path) }
    } catch {
      // A pipe can be read but once, and a dataset is read three times.
      throw RunFailure(.badData, "\(path) cannot be read from its start; it must be a file")
    }
    return { try file.read(upToCount: chunk).map { [UInt8]($0) } }
  }

  /// The bytes that `gzip` makes of a file, in a process of its own.
  private static func decompressed(_ path: String) throws -> DatasetSource.Chunks {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", "--", path]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return {
      if let bytes = try output.fileHandleForReading.read(upToCount: chunk), !bytes.isEmpty { return [UInt8](bytes) }
      let message = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        let line = String(decoding: message, as: UTF8.self).split(separator: "\n").first ?? "gzip failed"
        throw RunFailure(.badData, "\(path) cannot be decompressed: \(line)")
      }
      return nil
    }
  }
}
