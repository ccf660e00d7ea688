public import Logging
public import Outcomes
public import Policies
public import Postgres

/// Looks at everything that a run rests on and tells what would go wrong, without changing anything.
public struct Doctor {
  /// What is looked at and how.
  typealias Look = (name: String, body: (borrowing Connection) throws -> [Finding])

  let schema: String
  let selection: OutcomeSelection
  let learner: PolicyLearner
  let floors: (tasks: [String: Double], other: Double)
  let anchorDays: Double
  let clock: Double
  let ledger: (GatewaySchema) -> Ledger
  let exitStatus: (any Error) -> Int32

  /// Makes a doctor of the run that these settings ask for.
  /// - Parameters:
  ///   - clock: the worker's clock, in seconds since 1970.
  ///   - connection: how the ledger is reached.
  ///   - exitStatus: the exit status of a run that fails with an error.
  public init(
    schema: String, selection: OutcomeSelection, learner: PolicyLearner,
    floors: (tasks: [String: Double], other: Double), anchorDays: Double, clock: Double,
    connection: ConnectionSettings, logger: Logger, exitStatus: @escaping (any Error) -> Int32
  ) {
    self.schema = schema
    self.selection = selection
    self.learner = learner
    self.floors = floors
    self.anchorDays = anchorDays
    self.clock = clock
    ledger = { Ledger(schema: $0, settings: connection, logger: logger) }
    self.exitStatus = exitStatus
  }

  /// What was found by a statement that the server refused, after which its transaction cannot go on.
  struct Refusal: Error {
    let finding: Finding
  }

  /// Looks at everything, each thing in a transaction of its own, so that one that cannot be looked at hides no other.
  public func examine(_ connection: borrowing Connection) -> [Finding] {
    var findings: [Finding] = []
    var failures: [(name: String, reason: String)] = []
    for look in looks {
      do {
        findings += try connection.session("BEGIN READ ONLY") { try look.body($0) }
      } catch let refusal as Refusal {
        findings.append(refusal.finding)
      } catch let error as PostgresError where error.kind == .transactionRefused {
        let cure = Cure.advice("connect to a pooler in session or transaction mode, or to the server itself")
        return findings + [
          Finding(
            "connection", .fail, "the server takes no transactions: \(error)", cure: cure, exitStatus: exitStatus(error)
          )
        ]
      } catch let error as PostgresError where error.kind == .connectionLost {
        return findings + [
          Finding("connection", .fail, "lost: \(error)", exitStatus: exitStatus(error))
        ]
      } catch {
        failures.append((look.name, "\(error)"))
      }
    }
    return findings + Doctor.notLookedAt(failures)
  }

  /// One reason, such as a schema that the role may not use, can stand in the way of many looks.
  private static func notLookedAt(_ failures: [(name: String, reason: String)]) -> [Finding] {
    var reasons: [String] = []
    for failure in failures where !reasons.contains(failure.reason) { reasons.append(failure.reason) }
    return reasons.map { reason in
      let names = failures.filter { $0.reason == reason }.map(\.name).joined(separator: ", ")
      return Finding("not looked at", .warn, "\(names): \(reason)")
    }
  }

  /// In the order in which a run would meet what they look at.
  private var looks: [Look] {
    [
      ("server", server), ("tls", tls), ("role", role), ("clock", clockDifference), ("schema", schemaFindings),
      ("tables", tableKinds), ("grants", grants), ("grants too many", excessGrants), ("judge_rationale", rationale),
      ("row-level security", rowSecurity), ("statements", statements), ("writes", writes), ("triggers", triggers),
      rowsSeen("routing_outcomes"), rowsSeen("models"), rowsSeen("training_runs"), ("index", index),
      ("orphans", orphans), ("in flight", inFlight), ("routed", routed), ("future", future), ("labels", labels),
      ("share judged", shareJudged), ("label sanity", labelSanity), ("costs", costs), ("propensities", propensities),
      ("catalog", catalog), ("models", models), ("priors", priors), ("incumbent", incumbent), ("lock", lock),
    ]
  }

  var preflight: Preflight {
    Preflight(schema: schema, uses: Preflight.training(usesInferences: selection.usesInputTokens))
  }

  func table(_ name: String) -> String { SQLText.table(name, schema: schema) }

  var inWindow: String { "created_at >= now() - make_interval(secs => \(selection.windowDays * 86_400))" }

  func count(_ connection: borrowing Connection, _ table: String, where condition: String) throws -> Int {
    try connection.query("SELECT count(*) FROM \(self.table(table)) WHERE \(condition)").scalar.flatMap { Int($0) } ?? 0
  }

  /// The first column of each row.
  func list(_ connection: borrowing Connection, _ query: String) throws -> [String] {
    try connection.query(query).rows.compactMap { $0.first ?? nil }
  }

  /// A finding of a number: a warning unless it is zero.
  /// - Parameters:
  ///   - one: what follows the number 1.
  ///   - more: what follows any other number.
  ///   - none: what is said of zero.
  func counted(
    _ name: String, _ count: Int, one: String, more: String, none: String = "none", advice: String
  ) -> Finding {
    guard count > 0 else { return Finding(name, .ok, none) }
    return Finding(name, .warn, "\(count) \(count == 1 ? one : more)", cure: .advice(advice))
  }

  /// A finding of names, likewise; the first of them are shown.
  func named(
    _ name: String, _ names: [String], one: String, more: String, none: String = "none", advice: String,
    failure: Int32? = nil
  ) -> Finding {
    guard !names.isEmpty else { return Finding(name, .ok, none) }
    return Finding(
      name, failure == nil ? .warn : .fail,
      "\(names.count) \(names.count == 1 ? one : more): \(Doctor.shown(names))", cure: .advice(advice),
      exitStatus: failure)
  }

  /// The first names of a list that may be long.
  static func shown(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
