public import Outcomes
public import Postgres

/// The rows in which the server finds a value that it cannot read or convert, found by halving the window.
///
/// Each probe reads a part of the window as a run would. A part that cannot be read is halved, down to the microsecond;
/// so `k` such rows take `O(k log(window))` probes.
public struct UnreadableRows {
  private let schema: GatewaySchema
  private let selection: OutcomeSelection
  private let slugs: [String]

  /// Finds the instants whose rows cannot be read.
  /// - Parameters:
  ///   - connection: a connection without a transaction.
  ///   - tolerance: how many rows may be of such instants.
  /// - Throws: `GatewayError.badRows` where there are more; `PostgresError`.
  public static func find(
    _ connection: borrowing Connection, schema: GatewaySchema, selection: OutcomeSelection, tolerance: Int
  ) throws -> [Instant] {
    let (slugs, window) = try connection.session("BEGIN READ ONLY") { connection in
      (
        try GatewayOutcomes.catalog(connection, schema, ([:], 0)).models.map(\.slug),
        try GatewayOutcomes.window(connection.query(OutcomeQueries.clock(days: selection.windowDays)).rows[0])
      )
    }
    guard let first = Instant(ArraySlice(window.lowerBound.utf8)),
      let last = Instant(ArraySlice(window.upperBound.utf8))
    else { throw GatewayError.badRows("the server's clock or the window cannot be read") }
    let search = UnreadableRows(schema: schema, selection: selection, slugs: slugs)
    var (found, rows): ([Instant], Int) = ([], 0)
    var reason = ""
    var parts = [first.microseconds...last.microseconds]
    while let part = parts.popLast() {
      guard let fault = try search.fault(in: part, connection) else { continue }
      guard part.lowerBound < part.upperBound else {
        let instant = Instant(microseconds: part.lowerBound)
        if found.isEmpty { reason = fault.message }
        found.append(instant)
        rows += try connection.session("BEGIN READ ONLY") { connection in
          try connection.query(search.queries(part, unreadable: [instant]).passedOver).scalar.flatMap { Int($0) } ?? 0
        }
        guard rows <= tolerance else {
          throw GatewayError.badRows(
            "more than \(tolerance) rows of routing_outcomes cannot be read, the first of \(found[0]): \(reason); "
              + "correct them, or leave more of them out with --skip-bad")
        }
        continue
      }
      let middle = part.lowerBound + (part.upperBound - part.lowerBound) / 2
      parts += [middle + 1...part.upperBound, part.lowerBound...middle]
    }
    return found
  }

  private func queries(_ part: ClosedRange<Int64>, unreadable: [Instant] = []) -> OutcomeQueries {
    OutcomeQueries(
      schema: schema, selection: selection, slugs: slugs,
      window: Instant(microseconds: part.lowerBound).description...Instant(microseconds: part.upperBound).description,
      unreadable: unreadable)
  }

  /// Why a part of the window cannot be read; nil where it can.
  private func fault(
    in part: ClosedRange<Int64>, _ connection: borrowing Connection
  ) throws -> PostgresError? {
    let queries = queries(part)
    var fault: PostgresError?
    do {
      try connection.session("BEGIN READ ONLY") { connection in
        try connection.query(queries.survey)
        let names = NameIndex(slugs)
        var reader = Reader(halfLife: nil)
        try connection.copy(queries.eligible, columns: OutcomeQueries.columns) { row throws(PostgresError) in
          do throws(PostgresError) {
            _ = try reader.read(&row, names)
          } catch {
            // To throw would cancel the COPY, and a late cancel would hit the next probe.
            guard error.kind == .badRow else { throw error }
            fault = fault ?? error
          }
        }
      }
      return fault
    } catch let error as PostgresError where error.isOfValue {
      return error
    }
  }
}
