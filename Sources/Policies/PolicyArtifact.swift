internal import Compression
internal import Crypto
internal import Outcomes

/// A policy's canonical JSON, compressed, and its hash: what the gate reads back, what the ledger keeps, and what ships.
public struct PolicyArtifact: Sendable {
  /// How many bytes of JSON an artifact may hold: one that holds more was not made here.
  package static let mostBytes = 1 << 32
  /// Numbers of 9 digits hardly compress better at higher levels.
  private static let level = 2

  /// The canonical JSON as a zlib stream (RFC 1950).
  public let compressed: [UInt8]
  /// The first eight hex digits of the SHA-256 of the canonical JSON.
  public let hash: String

  /// Writes a policy, once: nothing that is made of it is written anew.
  public init(_ policy: Policy) {
    var compressor = Compressor(level: PolicyArtifact.level)
    var sha = SHA256()
    var result: [UInt8] = []
    policy.forEachPart { part in
      sha.update(data: part)
      compressor.append(part, to: &result)
    }
    compressor.finish(to: &result)
    compressed = result
    hash = Policy.shortHash(sha.finalize())
  }

  /// Calls `body` with the canonical JSON in parts, from its start.
  /// - Throws: `CompressionError`, and what `body` throws.
  package func forEachPart(_ body: ([UInt8]) throws -> Void) throws {
    var decompressor = Decompressor(limit: PolicyArtifact.mostBytes)
    try decompressor.append(compressed, body)
    try decompressor.finish()
  }

  /// How an artifact that is read back differs from a policy.
  public struct Difference: Sendable, Equatable {
    /// How many cells have another row, or are missing, or are not the policy's.
    public var cells = 0
    /// The first of them.
    public var first: String?
    /// What else differs, or why it cannot be read; nil of nothing.
    public var fault: String?

    /// No difference.
    public init() {}
  }

  /// Reads the artifact back and holds each cell against the policy's, without a second table.
  public func difference(from policy: Policy) -> Difference {
    var difference = Difference()
    var reader = PolicyReader(isTable: false)
    var number = 0
    do {
      try forEachPart { part in
        try reader.append(part) { record, models in
          if !policy.hasCell(number, record, models) {
            difference.cells += 1
            difference.first = difference.first ?? record.name
          }
          number += 1
        }
      }
      try reader.finish()
    } catch {
      difference.fault = "\(error)"
      return difference
    }
    if number < policy.cells.count {
      difference.cells += policy.cells.count - number
      difference.first = difference.first ?? policy.cells[number].description
    }
    if reader.exploration != policy.exploration { difference.fault = "the exploration differs" }
    if reader.hash != hash { difference.fault = "the hash differs" }
    return difference
  }
}

extension Policy {
  /// Whether the cell at this place is the one that was read.
  fileprivate func hasCell(_ number: Int, _ record: PolicyReader.CellRecord, _ names: NameIndex) -> Bool {
    guard number < cells.count, cells[number].description.utf8.elementsEqual(record.name.utf8),
      table.counts[number] == record.count, table.rule(number).utf8.elementsEqual(record.rule.utf8)
    else { return false }
    switch (table.pick(number), record.pick) {
    case (nil, nil): break
    case (let pick?, let other?) where Policy.areSame(pick, other): break
    default: return false
    }
    // Both are in the order of the models' bytes.
    var entries = record.entries[...]
    for model in models.indices {
      guard let entry = table.entry(number, model: model) else { continue }
      guard let read = entries.popFirst(), read.entry == entry, Policy.areSame(names[read.model], models[model]) else {
        return false
      }
    }
    return entries.isEmpty
  }
}
