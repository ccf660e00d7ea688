internal import Glibc
internal import Outcomes
internal import Postgres

/// Turns rows of the outcome queries into outcomes, without an allocation for a row.
struct Reader {
  private(set) var directory = CellDirectory()
  /// The policy versions, as the gateway stores them, by number.
  private(set) var versions = NameIndex()
  private let halfLife: Double?

  init(halfLife: Double?) { self.halfLife = halfLife }

  @inline(__always)
  mutating func read(_ row: inout BinaryRow, _ names: NameIndex) throws(PostgresError) -> Outcome {
    let cell = try row.bytes { directory.number(of: $0) }
    let arm = try row.bytes { names.existingNumber(of: $0) }
    let score = try row.double()
    let succeeded = try row.boolean()
    let cost = try row.double()
    let group = try row.bytes { Int(Hash.fnv1a($0) % UInt64(Outcome.groups)) }
    let propensity = try row.double()
    let isDeterministic = try row.boolean()
    let isInternal = try row.boolean()
    let age = try row.double()
    let tokens = try row.double()
    let period = try row.integer()
    let version = try row.bytes { versions.number(of: $0) }
    guard let cell = cell ?? nil else {
      throw PostgresError(.badRow, message: "a row of routing_outcomes names no cell: \(CellDirectory.needs)")
    }
    guard let arm = arm ?? nil, let succeeded, score != nil || !succeeded else {
      throw PostgresError(.malformedRow, message: "a row without model or score came through the query")
    }
    return Outcome(
      cell: cell, arm: arm, reward: score.map { Outcome.reward(score: $0) } ?? 0, succeeded: succeeded,
      cost: Outcome.knownCost(cost),
      rootWeight: Outcome.rootWeight(isInternal: isInternal ?? false, age: age ?? 0, halfLife: halfLife),
      propensity: Propensity(logged: propensity, isDeterministic: isDeterministic ?? false),
      group: group ?? 0, logTokens: (log1p(max(tokens.map { $0.isFinite ? $0 : 0 } ?? 0, 0)) * 1024).rounded() / 1024,
      period: period ?? 0,
      version: version ?? 0)
  }
}
