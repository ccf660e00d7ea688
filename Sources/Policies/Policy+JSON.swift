internal import Crypto
internal import Outcomes

extension Policy {
  /// How much of a text is gathered before it is passed on.
  private static let part = 65_536

  /// The policy's canonical JSON, which is its artifact and what its hash is of. A large one is better taken in parts.
  public var canonicalJSON: [UInt8] {
    var result: [UInt8] = []
    forEachPart { result += $0 }
    return result
  }

  /// The first eight hex digits of the SHA-256 of the canonical JSON.
  public var hash: String {
    var sha = SHA256()
    forEachPart { sha.update(data: $0) }
    return Policy.shortHash(sha.finalize())
  }

  /// The first eight hex digits of the SHA-256 of these bytes.
  public static func shortHash(_ bytes: [UInt8]) -> String { shortHash(SHA256.hash(data: bytes)) }

  /// The first eight hex digits of the SHA-256 of bytes that come in parts, until nil.
  public static func shortHash(of next: () throws -> [UInt8]?) rethrows -> String {
    var sha = SHA256()
    while let part = try next() { sha.update(data: part) }
    return shortHash(sha.finalize())
  }

  static func shortHash(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef")
    return String(digest.prefix(4).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Calls `body` with the canonical JSON in parts, from its start.
  func forEachPart(_ body: ([UInt8]) -> Void) {
    let names = models.map { CanonicalJSON.text($0) }
    var json = CanonicalJSON()
    json.append(raw: "{\"cells\":{")
    for number in cells.indices {
      if number > 0 { json.append(raw: ",") }
      writeCell(number, names: names, to: &json) { _, _, _ in }
      guard json.bytes.count >= Policy.part else { continue }
      body(json.bytes)
      json.removeAll()
    }
    json.append(raw: "},\"exploration\":")
    json.append(exploration)
    json.append(raw: "}")
    body(json.bytes)
  }

  /// Writes a cell.
  /// - Parameters:
  ///   - names: the models' slugs as JSON.
  ///   - extra: writes what else is to be said of a model, before what the policy says.
  func writeCell(
    _ number: Int, names: [[UInt8]], to json: inout CanonicalJSON,
    _ extra: (_ model: Int, PolicyEntry, inout CanonicalJSON) -> Void
  ) {
    json.append(cells[number].description)
    json.append(raw: ":{\"models\":{")
    var isFirst = true
    for model in models.indices {
      guard let entry = table.entry(number, model: model) else { continue }
      if !isFirst { json.append(raw: ",") }
      isFirst = false
      json.append(raw: names[model])
      json.append(raw: ":{")
      extra(model, entry, &json)
      json.append(raw: "\"mean\":")
      json.append(entry.mean)
      json.append(raw: ",\"n\":")
      json.append(entry.count)
      json.append(raw: ",\"ucb\":")
      json.append(entry.upperBound)
      json.append(raw: ",\"width\":")
      json.append(entry.width)
      json.append(raw: "}")
    }
    json.append(raw: "},\"n_cell\":")
    json.append(table.counts[number])
    json.append(raw: ",\"pick\":")
    if let pick = table.pick(number) { json.append(pick) } else { json.append(raw: "null") }
    json.append(raw: ",\"rule\":")
    json.append(table.rule(number))
    json.append(raw: "}")
  }

  /// Reads an artifact.
  /// - Throws: `PolicyError`.
  public init(canonicalJSON: [UInt8]) throws {
    var loader = PolicyLoader()
    try loader.append(canonicalJSON)
    self = try loader.finish()
  }

  /// Reads a table, as `training_runs.per_cell` keeps it, which nothing vouches for.
  /// - Throws: `PolicyError`.
  public init(perCell: [UInt8], exploration: Double) throws {
    var loader = PolicyLoader(tableWith: exploration)
    try loader.append(perCell)
    self = try loader.finish()
  }
}
