internal import Compression
public import Policies
public import Postgres

/// What a policy of the ledger is read back for, which decides what helps where it cannot be trusted.
enum PolicyUse {
  /// It serves, and tonight's candidate is compared with it.
  case incumbent
  /// It served some time ago.
  case anchor
  /// Every tenant shall go back to it.
  case rollback
  /// Somebody looks at it.
  case display
}

/// A run of the ledger with its policy.
public struct LedgerPolicy: Sendable {
  /// The run.
  public let entry: LedgerEntry
  /// The policy; of a run that was held as much of it as was kept.
  public let policy: Policy
  /// Whether that is all of it.
  public let isWhole: Bool
  /// `per_cell`, as JSON.
  public let perCell: String
}

extension Ledger {
  private static let part = 1 << 20

  /// A run with its policy. That of a promoted run must have the hash of its version.
  /// - Parameter isTarget: whether every tenant shall go back to it.
  /// - Throws: `GatewayError.unreadablePolicy`; `PostgresError`.
  public func policy(
    _ connection: borrowing Connection, of entry: LedgerEntry, isTarget: Bool
  ) throws -> LedgerPolicy {
    let perCell = try perCell(connection, run: entry.id)
    let policy = try policy(
      connection, run: entry.id, version: entry.policyVersionTo, exploration: "\(entry.explorationFloor)",
      perCell: perCell, use: isTarget ? .rollback : .display, mayBePart: !entry.promoted)
    return LedgerPolicy(
      entry: entry, policy: policy,
      isWhole: entry.promoted || entry.policyVersionTo.hasSuffix("+\(policy.hash)"), perCell: perCell)
  }

  /// A policy of the ledger, rebuilt, which must have the hash of its version: a table that was emptied or changed, or a row
  /// that somebody made up, is never taken for what was gated.
  /// - Throws: `GatewayError.unreadablePolicy`; `PostgresError`.
  func policy(
    _ connection: borrowing Connection, run: String, version: String, exploration: String?, use: PolicyUse
  ) throws -> Policy {
    try policy(
      connection, run: run, version: version, exploration: exploration,
      perCell: perCell(connection, run: run), use: use, mayBePart: false)
  }

  private func perCell(_ connection: borrowing Connection, run: String) throws(PostgresError) -> String {
    try connection.query(
      "SELECT per_cell::text FROM \(table("training_runs")) WHERE id::text = $1", [run]
    ).scalar ?? ""
  }

  /// - Parameter mayBePart: whether nothing goes by it, so that the table may be less than the whole.
  private func policy(
    _ connection: borrowing Connection, run: String, version: String, exploration: String?, perCell: String,
    use: PolicyUse, mayBePart: Bool
  ) throws -> Policy {
    do {
      let named = try PolicyVersion(version)
      let table = try Policy(perCell: Array(perCell.utf8), exploration: exploration.flatMap { Double($0) } ?? .nan)
      if mayBePart { return table }
      guard let whole = try storedPolicy(connection, run: run, named) else {
        let hash = table.hash
        guard hash == named.hash else { throw PolicyError.otherHash(hash, version: version) }
        return table
      }
      guard whole.agrees(with: table) else { throw PolicyError.otherTable }
      return whole
    } catch let error as PostgresError {
      throw error
    } catch {
      throw GatewayError.unreadablePolicy(run: run, reason: "\(error)", cure: cure(run: run, use: use))
    }
  }

  /// The policy that `training_runs.policy` keeps; nil where it keeps none. It is read in parts, so that its text is never in
  /// memory as a whole.
  private func storedPolicy(
    _ connection: borrowing Connection, run: String, _ version: PolicyVersion
  ) throws -> Policy? {
    guard schema.hasPolicy,
      let length = try connection.query(
        "SELECT octet_length(policy) FROM \(table("training_runs")) WHERE id::text = $1", [run]
      ).scalar.flatMap({ Int($0) })
    else { return nil }
    var loader = PolicyLoader()
    var decompressor = Decompressor(limit: PolicyArtifact.mostBytes)
    for start in stride(from: 1, through: length, by: Ledger.part) {
      let part = try connection.query(
        "SELECT encode(substr(policy, \(start), \(Ledger.part)), 'hex') FROM \(table("training_runs")) "
          + "WHERE id::text = $1", [run]
      ).scalar
      try decompressor.append(Ledger.bytes(hexadecimal: part ?? "")) { try loader.append($0) }
    }
    try decompressor.finish()
    guard loader.hash == version.hash else { throw PolicyError.otherHash(loader.hash, version: "\(version)") }
    return try loader.finish()
  }

  private static func bytes(hexadecimal text: String) -> [UInt8] {
    func digit(_ byte: UInt8) -> UInt8 { byte > 57 ? byte - 87 : byte - 48 }
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for byte in text.utf8 {
      if let first = high { result.append(first << 4 | digit(byte)) }
      high = high == nil ? digit(byte) : nil
    }
    return result
  }

  private func cure(run: String, use: PolicyUse) -> String {
    let restore = "restore the row from a backup"
    return switch use {
    case .incumbent, .display:
      "\(restore), or go back to another version: ainfera-labs rollback --to VERSION (`ainfera-labs history` lists them)"
    case .anchor:
      "\(restore), or as the owner delete it, for it serves no longer: DELETE FROM \(table("training_runs")) WHERE id = "
        + "'\(run)'"
    case .rollback: "\(restore), or go back to another version that `ainfera-labs history` lists"
    }
  }
}

extension Policy {
  /// Whether what `per_cell` keeps of this policy is of it: all of it where it is small, else no other row.
  fileprivate func agrees(with table: Policy) -> Bool {
    let isComplete = !LedgerTable.isKeptWhole(self) || table.cells.count == cells.count
    return isComplete && abs(exploration - table.exploration) < 1e-9 && contains(table)
  }
}
