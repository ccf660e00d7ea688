internal import Outcomes
internal import Policies
internal import Postgres

/// The tables: what they are, what runs behind them, and what the ledger holds.
extension Doctor {
  func schemaFindings(_ connection: borrowing Connection) throws -> [Finding] {
    let tables = try preflight.existingTables(connection)
    let faults = preflight.schemaFaults(tables)
    let absent = preflight.absentOptionalColumns(tables)
    let required =
      faults.isEmpty
      ? [Finding("schema", .ok, "every required column exists and has a type that fits")]
      : faults.map {
        Finding(
          "schema", .fail, $0, cure: .advice("compare the table with the gateway's migrations"),
          exitStatus: exitStatus(GatewayError.schema([$0])))
      }
    let optional =
      absent.isEmpty
      ? [] : [Finding("optional columns", .ok, "not there and not needed: " + absent.joined(separator: ", "))]
    return required + optional
  }

  /// A view may leave rows out, and what it shows and what lies behind it cannot be compared with this role's rights.
  func tableKinds(_ connection: borrowing Connection) throws -> [Finding] {
    let kinds = ["v": "a view", "m": "a materialized view", "f": "a foreign table"]
    let others = try preflight.existingTables(connection).filter { kinds[$0.value.kind] != nil }.sorted {
      $0.key < $1.key
    }
    guard !others.isEmpty else { return [Finding("tables", .ok, "tables, no views")] }
    return others.map { name, table in
      Finding(
        "tables", .warn, "\(name) is \(kinds[table.kind] ?? ""), which may leave rows out without a word",
        cure: .advice("compare the number of its rows with that of the tables behind it"))
    }
  }

  /// The server plans the very statements of a run; what else is missing comes to light by that.
  func statements(_ connection: borrowing Connection) throws -> [Finding] {
    let tables = try preflight.existingTables(connection)
    guard preflight.schemaFaults(tables).isEmpty, try preflight.missingGrants(connection, tables).isEmpty else {
      return []
    }
    do {
      try preflight.planStatements(connection, tables)
    } catch let error as PostgresError where error.kind == .connectionLost {
      throw error
    } catch {
      throw Refusal(
        finding: Finding(
          "statements", .fail, "the server refuses a statement of a run: \(error)",
          cure: .advice("look at what the views, policies, defaults and functions of the tables name"),
          exitStatus: exitStatus(error)))
    }
    return [Finding("statements", .ok, "the server accepts those of a run")]
  }

  func triggers(_ connection: borrowing Connection) throws -> [Finding] {
    let triggers = try WriteTrigger.find(connection, schema: schema)
    guard !triggers.isEmpty else { return [Finding("triggers", .ok, "none on what a run writes")] }
    return triggers.map { trigger in
      Finding(
        "triggers", .warn,
        "\(trigger.shown) runs when a run is recorded or promoted"
          + (trigger.isOfDefiner ? "" : ", with the rights of the worker's role"),
        cure: .advice("make sure that it raises no error for this role and leaves out no row"))
    }
  }

  func rowsSeen(_ name: String) -> Look {
    (
      "rows of \(name)",
      { connection in
        let row = try connection.query(
          "SELECT (SELECT greatest(reltuples::bigint, 0) FROM pg_class WHERE oid = $1::regclass), "
            + "(SELECT count(*) FROM (SELECT FROM \(table(name)) LIMIT 1000) AS sample), "
            + "row_security_active($1)", [table(name)]
        ).rows[0]
        let (estimated, seen) = (row[0].flatMap { Int($0) } ?? 0, row[1].flatMap { Int($0) } ?? 0)
        let observed = "about \(estimated) by the catalog, \(seen == 1000 ? "1000 or more" : "\(seen)") seen"
        guard estimated > 0, seen == 0 else { return [Finding("rows of \(name)", .ok, observed)] }
        return [
          Finding(
            "rows of \(name)", row[2] == "t" ? .fail : .warn, observed,
            cure: .advice("look at the row-level security of \(name), or let the server count the rows again"),
            exitStatus: exitStatus(GatewayError.hiddenRows(role: "", cures: [])))
        ]
      }
    )
  }

  func index(_ connection: borrowing Connection) throws -> [Finding] {
    let row = try connection.query(
      """
      SELECT c.relkind, EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
      WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = 'created_at') \
      FROM pg_class c WHERE c.oid = $1::regclass
      """, [table("routing_outcomes")]
    ).rows[0]
    guard ["r", "p"].contains(row[0]) else { return [] }
    if row[1] == "t" { return [Finding("index", .ok, "routing_outcomes has one that begins with created_at")] }
    let statement = "CREATE INDEX CONCURRENTLY ON \(preflight.shown("routing_outcomes")) (created_at)"
    return [
      Finding(
        "index", .warn, "routing_outcomes has none that begins with created_at, so each run reads the whole table",
        cure: row[0] == "r"
          ? .statement(statement)
          : .advice("add one to each partition without blocking writes, and then to the table"))
    ]
  }

  /// The policy that serves, read as a run reads it.
  func incumbent(_ connection: borrowing Connection) throws -> [Finding] {
    let tables = try preflight.existingTables(connection)
    do {
      let incumbent = try ledger(preflight.schema(tables)).incumbent(
        connection, exploration: learner.exploration, anchorDays: anchorDays)
      guard let version = incumbent.version else {
        return [Finding("incumbent", .ok, "none yet: no run was promoted")]
      }
      let cells = incumbent.policy.cells.count
      return [Finding("incumbent", .ok, "\(version), \(cells) \(cells == 1 ? "cell" : "cells")")]
    } catch let error as PostgresError {
      throw error
    } catch {
      return [
        Finding(
          "incumbent", .fail, "\(error)",
          cure: .advice("restore the row of the ledger, or go back to another version with `ainfera-labs rollback`"),
          exitStatus: exitStatus(error))
      ]
    }
  }
}
