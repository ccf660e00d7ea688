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
      throw interruption.failure(of: error)
    }
  }

  /// What was read and replayed, without a connection.
  private struct Evidence {
    let schema: GatewaySchema
    let catalog: Catalog
    let survey: Survey
    let cells: [Cell]
    let versions: [String]
    let incumbent: Incumbent
    let learning: Learning
    let replayer: Replayer
    let gate: Gate
  }

  private func runAndRecord() throws -> RunReport {
    var timer = PhaseTimer()
    let evidence = try gatherWithRetries(&timer)
    let (catalog, incumbent, learning, gate) = (
      evidence.catalog, evidence.incumbent, evidence.learning, evidence.gate
    )
    let checks = gate.checks()
    timer.mark("gate")
    let replayReport = ReplayReport(evidence.replayer, gate: gate, versions: evidence.versions)
    let verdict = Verdict(gate, checks, mayServe: request.mayServe)
    let versions = try VersionStep(incumbent: incumbent, artifact: learning.artifact, settings: settings)
    let run = try TrainingRun(
      request, verdict: verdict, versions: versions, survey: evidence.survey, gate: gate, incumbent: incumbent,
      learning: learning, catalog: catalog, hasPolicy: evidence.schema.hasPolicy,
      evaluation: Evaluation(
        alpha: gate.alpha, attempt: incumbent.triesSince + 1, evidenceLookedAt: verdict.isEvidenceLookedAt,
        checks: checks, replay: replayReport))
    let artifact = try writeArtifact(learning.artifact, version: run.versionTo)
    let terms = PromotionTerms(
      replayed: incumbent.version?.description, picks: learning.candidate.picks,
      allowsFewerTenants: request.allowsFewerTenants)
    let recording = try record(run, terms, schema: evidence.schema)
    timer.mark("record")
    if recording != nil { removeOldArtifacts(schema: evidence.schema) }
    var report = ReportBuilder(
      rule: rule, survey: evidence.survey, learning: learning, catalog: catalog, incumbent: incumbent.policy
    ).report(
      ReportBuilder.Identity(recording?.run ?? run, isDryRun: request.isDryRun, would: verdict.would),
      checks: checks + (recording?.checks ?? []),
      replay: replayReport,
      figures: RunFigures(
        evidence.replayer.replay, cells: evidence.cells, catalog: catalog, costs: gate.costCounts),
      artifact: artifact, timings: timer.milliseconds)
    report.tenantsMoved = recording?.tenantsMoved
    return report
  }

  private func record(_ run: TrainingRun, _ terms: PromotionTerms, schema: GatewaySchema) throws -> Recording? {
    guard !request.isDryRun else { return nil }
    return try interruption.recording(run.id) {
      try Ledger(schema: schema, settings: request.connection, logger: logger).record(run, terms)
    }
  }

  /// A read that loses its server begins again from the start, for a part of the rows is never fitted; and so does one
  /// that met a row that cannot be read, without that row.
  private func gatherWithRetries(_ timer: inout PhaseTimer) throws -> Evidence {
    var backoff = request.connection.backoff
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
        guard error.kind != .connect,
          backoff.pause({ logger.notice("the read begins again in \($0) ms: \(error)") })
        else { throw error }
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
  ) throws -> (schema: GatewaySchema, refusal: WriteRefusal?) {
    try connection.transaction("BEGIN READ ONLY") { connection in
      let uses = Preflight.training(usesInferences: settings.selection.usesInputTokens)
      return (
        try Preflight(schema: settings.schema, uses: uses).run(connection),
        try WriteRefusal.find(connection)
      )
    }
  }

  private func gather(_ timer: inout PhaseTimer, unreadable: [Instant]) throws -> Evidence {
    let connection = try Connection.open(request.connection, logger: logger)
    interruption.watch(connection.canceller)
    let (schema, refusal) = try preflight(connection)
    if let refusal, !request.isDryRun { throw GatewayError.writesRefused(refusal) }
    timer.mark("preflight")

    let ledger = Ledger(schema: schema, settings: request.connection, logger: logger)
    var source = try GatewayOutcomes.open(
      connection, schema: schema, selection: settings.selection, floors: (settings.floors, settings.defaultFloor),
      unreadable: unreadable, progress: { rows in progress("\(rows) rows read") },
      first: { connection in if !request.isDryRun { try ledger.claimRun(connection) } })
    let catalog = source.catalog
    let incumbent = try source.withConnection { connection in
      try ledger.incumbent(
        connection, exploration: settings.learner.exploration, anchorDays: settings.thresholds.anchorDays)
    }
    timer.mark("survey")
    try interruption.check()

    let survey = source.survey
    let (learning, statistics) = try Learning.learn(
      from: &source, catalog: catalog, settings: settings, incumbent: incumbent.policy, strata: survey.strata.training)
    timer.mark("training")
    try interruption.check()
    let judgement = Judgement(
      learning: learning, catalog: catalog, settings: settings, incumbent: incumbent.policy,
      anchor: incumbent.anchor.map { ($0.version, $0.policy) })
    let (replayer, gate, cells) = try judgement.judge(
      &source, statistics: statistics, survey: survey, standing: standing(incumbent, learning))
    let versions = source.versions
    interruption.watch(nil)
    timer.mark("holdout")
    try interruption.check()
    return Evidence(
      schema: schema, catalog: catalog, survey: survey, cells: cells, versions: versions, incumbent: incumbent,
      learning: learning, replayer: replayer, gate: gate)
  }

  private func standing(_ incumbent: Incumbent, _ learning: Learning) -> LedgerStanding {
    var standing = LedgerStanding()
    standing.hasLedger = true
    standing.incumbentRuleset = incumbent.rulesetHash
    standing.allowsRulesetChange = request.allowsRulesetChange
    standing.pause = incumbent.pause
    standing.attempt = incumbent.triesSince + 1
    let hash = learning.artifact.hash
    let isAllowed = request.allowedRolledBack.map { $0 == hash || $0.hasSuffix("+\(hash)") } ?? false
    standing.rolledBackVersion = isAllowed ? nil : incumbent.rolledBackVersion(hash: hash)
    return standing
  }

  /// The artifact is on disk before the transaction that makes it serve commits.
  private func writeArtifact(_ policy: PolicyArtifact, version: String) throws(RunFailure) -> String? {
    guard let directory = request.artifacts, !request.isDryRun else { return nil }
    return try ArtifactStore(directory: directory).write(policy, version: version)
  }

  /// What cannot be removed is told, and fails nothing: the run is recorded.
  private func removeOldArtifacts(schema: GatewaySchema) {
    guard let directory = request.artifacts, let count = request.keptArtifacts else { return }
    do {
      let connection = try Connection.open(request.connection, logger: logger)
      let needed = try Ledger(schema: schema, settings: request.connection, logger: logger)
        .servedVersions(connection, days: ArtifactStore.servedDays)
      for failure in ArtifactStore(directory: directory).removeOld(keeping: count, needed: needed) {
        logger.warning("an old artifact cannot be removed: \(failure)")
      }
    } catch {
      logger.warning("old artifacts are not removed: \(error)")
    }
  }
}
