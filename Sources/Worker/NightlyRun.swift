internal import Gateway
internal import LinUCB
public import Logging
internal import Outcomes
internal import Policies
internal import Postgres
internal import Replay
public import Reports

/// The story of the program: check, count, read, fit, replay, gate, record.
public struct NightlyRun {
  private let request: TrainingRequest
  private let interruption: Interruption
  private let logger: Logger
  private let progress: (String) -> Void

  private var settings: Settings { request.settings }
  private var rule: DecisionRule { settings.learner.rule }

  /// Makes a run.
  /// - Parameter progress: told now and then how far reading has come, for a terminal.
  public init(
    _ request: TrainingRequest, interruption: Interruption, logger: Logger, progress: @escaping (String) -> Void
  ) {
    self.request = request
    self.interruption = interruption
    self.logger = logger
    self.progress = progress
  }

  /// Runs.
  /// - Throws: `RunFailure`. Nothing is recorded then, unless its status says that nobody knows.
  public func run() throws(RunFailure) -> RunReport {
    do {
      return try runAndRecord()
    } catch {
      let failure = RunFailure(error)
      // Once COMMIT was sent, a signal does not tell what became of it.
      if failure.status != .commitUnknown { try interruption.check() }
      throw failure
    }
  }

  /// What was read and replayed, without a connection.
  private struct Evidence {
    let schema: GatewaySchema
    let catalog: Catalog
    let survey: Survey
    let cells: [Cell]
    let incumbent: Incumbent
    let learning: Learning
    let replayer: Replayer
  }

  private func runAndRecord() throws -> RunReport {
    var timer = PhaseTimer()
    let evidence = try gatherWithRetries(&timer)
    let (catalog, incumbent, learning) = (evidence.catalog, evidence.incumbent, evidence.learning)
    let gate = try learning.gate(
      evidence.replayer, survey: evidence.survey, cells: evidence.cells, catalog: catalog, settings: settings,
      incumbent: incumbent.policy, servingBar: request.servingBar,
      standing: Learning.Standing(
        incumbentRuleset: incumbent.rulesetHash, allowsRulesetChange: request.allowsRulesetChange,
        attempt: incumbent.triesSince + 1))
    let checks = gate.checks()
    timer.mark("gate")

    let replayReport = ReplayReport(evidence.replayer, lifts: gate.lifts)
    let verdict = Verdict(checks: checks, incumbent: incumbent, learning: learning, settings: settings)
    let record = verdict.record(
      request, survey: evidence.survey, gate: gate, incumbent: incumbent, learning: learning, catalog: catalog,
      replay: replayReport)
    let artifact = try writeArtifact(learning.artifact, version: record.versionTo)
    let recording = try self.record(record, schema: evidence.schema, replayed: incumbent.version?.description)
    timer.mark("record")
    return ReportBuilder(
      rule: rule, survey: evidence.survey, learning: learning, catalog: catalog, incumbent: incumbent.policy
    ).report(
      ReportBuilder.Identity(recording?.run ?? record, isDryRun: request.isDryRun),
      checks: checks + (recording.map { [verdict.incumbentCheck(serving: $0.serving)] } ?? []), replay: replayReport,
      figures: RunFigures(evidence.replayer.replay, cells: evidence.cells, catalog: catalog), artifact: artifact,
      timings: timer.milliseconds)
  }

  private func record(_ run: TrainingRun, schema: GatewaySchema, replayed: String?) throws -> Recording? {
    guard !request.isDryRun else { return nil }
    try interruption.check()
    interruption.beginRecording(run.id)
    do {
      return try Ledger(schema: schema, settings: request.connection, logger: logger).record(run, replayed: replayed)
    } catch {
      interruption.endRecording()
      throw error
    }
  }

  /// A read that loses its server begins again from the start, for a part of the rows is never fitted; and so does one
  /// that met a row that cannot be read, without that row.
  private func gatherWithRetries(_ timer: inout PhaseTimer) throws -> Evidence {
    let start = ContinuousClock.now
    var unreadable: Set<Instant> = []
    while true {
      do {
        return try gather(&timer, unreadable: unreadable.sorted())
      } catch let error as PostgresError where error.isOfValue && request.tolerance > 0 {
        let found = try findUnreadable()
        guard !found.isSubset(of: unreadable) else { throw error }
        unreadable.formUnion(found)
        logger.warning("\(unreadable.count) instants have rows that cannot be read, and are left out: \(error)")
      } catch let error as PostgresError where error.mayPass {
        let left = Duration.seconds(request.connection.retrySeconds) - (ContinuousClock.now - start)
        guard left > .zero, !interruption.isRequested, error.kind != .connect else { throw error }
        logger.notice("the read begins again: \(error)")
      }
    }
  }

  private func findUnreadable() throws -> Set<Instant> {
    let connection = try Connection.open(request.connection, logger: logger)
    interruption.watch(connection.canceller)
    defer { interruption.watch(nil) }
    let (schema, _) = try preflight(connection)
    return Set(
      try UnreadableRows.find(
        connection, schema: schema, selection: settings.selection, tolerance: request.tolerance))
  }

  private func preflight(
    _ connection: borrowing Connection
  ) throws -> (schema: GatewaySchema, isReadOnly: Bool) {
    try connection.transaction("BEGIN READ ONLY") { connection in
      let uses = Preflight.training(usesInferences: settings.selection.usesInputTokens)
      return (
        try Preflight(schema: settings.schema, uses: uses).run(connection),
        try connection.query("SELECT pg_is_in_recovery()").scalar == "t"
      )
    }
  }

  private func gather(_ timer: inout PhaseTimer, unreadable: [Instant]) throws -> Evidence {
    let connection = try Connection.open(request.connection, logger: logger)
    interruption.watch(connection.canceller)
    let (schema, readOnly) = try preflight(connection)
    if readOnly && !request.isDryRun { throw GatewayError.readOnlyServer }
    timer.mark("preflight")

    var source = try GatewayOutcomes.open(
      connection, schema: schema, selection: settings.selection, floors: (settings.floors, settings.defaultFloor),
      unreadable: unreadable, progress: { rows in progress("\(rows) rows read") })
    let ledger = Ledger(schema: schema, settings: request.connection, logger: logger)
    let catalog = source.catalog
    let incumbent = try source.withConnection { connection in
      if !request.isDryRun { try ledger.claimRun(connection) }
      return try ledger.incumbent(
        connection, catalog: catalog, rule: rule, exploration: settings.learner.exploration)
    }
    let versions = try versions(&source, ledger: ledger)
    timer.mark("survey")
    try interruption.check()

    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent.policy)
    timer.mark("training")
    try interruption.check()
    let replayer = try learning.replay(
      from: &source, statistics: statistics, catalog: catalog, settings: settings, incumbent: incumbent.policy,
      versions: versions, sampling: SamplingWeights(strata: source.survey.strata))
    let survey = source.survey
    let cells = source.directory.cells
    interruption.watch(nil)
    try source.finish()
    timer.mark("holdout")
    try interruption.check()
    return Evidence(
      schema: schema, catalog: catalog, survey: survey, cells: cells, incumbent: incumbent, learning: learning,
      replayer: replayer)
  }

  /// The versions that made the holdout's deterministic decisions, where there are several and the ledger knows them.
  private func versions(_ source: inout GatewayOutcomes, ledger: Ledger) throws -> VersionMixture? {
    let rows = source.survey.versions
    guard rows.count > 1 else { return nil }
    let policies = try source.withConnection { connection in
      try ledger.policies(
        connection, versions: rows.keys, catalog: source.catalog, rule: rule,
        exploration: settings.learner.exploration)
    }
    guard policies.count > 1 else { return nil }
    source.knownVersions = policies.keys.sorted()
    return VersionMixture(
      source.knownVersions.compactMap { name in
        policies[name].map { (policy: $0, rows: rows[name] ?? 0) }
      })
  }

  /// The artifact is on disk before the transaction that makes it serve commits.
  private func writeArtifact(_ bytes: [UInt8], version: String) throws(RunFailure) -> String? {
    guard let directory = request.artifacts, !request.isDryRun else { return nil }
    return try ArtifactStore(directory: directory).write(bytes, version: version)
  }
}
