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

  private func runAndRecord() throws -> RunReport {
    var timer = PhaseTimer()
    let connection = try Connection(request.connection, logger: logger)
    interruption.watch(connection.canceller)
    let (schema, readOnly) = try connection.transaction("BEGIN READ ONLY") { connection in
      let preflight = Preflight(schema: settings.schema, usesInferences: settings.selection.usesInputTokens)
      return (try preflight.run(connection), try connection.query("SELECT pg_is_in_recovery()").scalar == "t")
    }
    if readOnly && !request.isDryRun { throw GatewayError.readOnlyServer }
    timer.mark("preflight")

    var source = try GatewayOutcomes.open(
      connection, schema: schema, selection: settings.selection, floors: (settings.floors, settings.defaultFloor),
      progress: { rows in progress("\(rows) rows read") })
    let ledger = Ledger(schema: schema, settings: request.connection, logger: logger)
    let incumbent = try source.withConnection { connection in
      try ledger.incumbent(
        connection, catalog: source.catalog, rule: rule, exploration: settings.learner.exploration)
    }
    let versions = try versions(&source, ledger: ledger)
    timer.mark("survey")
    try interruption.check()

    let catalog = source.catalog
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

    let attempt = incumbent.triesSince + 1
    let gate = try learning.gate(
      replayer, survey: survey, cells: cells, catalog: catalog, settings: settings, incumbent: incumbent.policy,
      servingBar: request.servingBar,
      standing: Learning.Standing(
        incumbentRuleset: incumbent.rulesetHash, allowsRulesetChange: request.allowsRulesetChange, attempt: attempt))
    let checks = gate.checks()
    timer.mark("gate")

    let replayReport = ReplayReport(replayer, lifts: gate.lifts)
    let verdict = Verdict(checks: checks, incumbent: incumbent, learning: learning, settings: settings)
    let record = verdict.record(
      request, survey: survey, gate: gate, incumbent: incumbent, learning: learning, catalog: catalog,
      replay: replayReport)
    let artifact = try writeArtifact(learning.artifact, version: record.versionTo)
    let recording =
      request.isDryRun ? nil : try ledger.record(record, replayed: incumbent.version?.description)
    timer.mark("record")
    let recorded = recording?.run ?? record
    return ReportBuilder(
      rule: rule, survey: survey, learning: learning, catalog: catalog, incumbent: incumbent.policy
    ).report(
      ReportBuilder.Identity(recorded, isDryRun: request.isDryRun),
      checks: checks + (recording.map { [verdict.incumbentCheck(serving: $0.serving)] } ?? []), replay: replayReport,
      artifact: artifact, timings: timer.milliseconds)
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
