internal import Gateway
internal import Outcomes
internal import Policies
internal import Replay
internal import Reports

/// What the gate's checks come to.
struct Verdict {
  /// The first failure that counts; nil where the candidate passed.
  let failure: GateCheck?
  /// Whether the run may move the tenants; a shadow run and a dry run may not.
  let mayServe: Bool
  private let summary: String
  private let isLiftKnown: Bool

  /// - Parameter ignoring: checks that do not count.
  init(_ gate: Gate, _ checks: [GateCheck], mayServe: Bool, ignoring: Set<GateCheck.Name> = []) {
    failure = checks.filter { !ignoring.contains($0.name) }.firstFailure
    summary = gate.summary
    isLiftKnown = gate.improvement.absence == nil
    self.mayServe = mayServe
  }

  /// Whether the candidate is promoted.
  var isPromoted: Bool { failure == nil && mayServe }

  /// The verdict as reports name it.
  var name: RunReport.Verdict { isPromoted ? .promote : .hold }

  /// What the verdict would have been, of a run that may not serve; nil of one that may.
  var would: RunReport.Verdict? { mayServe ? nil : failure == nil ? .promote : .hold }

  /// Whether the evidence of better or worse was looked at, so that the run is a try and spends error.
  var isEvidenceLookedAt: Bool { isLiftKnown && failure.map { !$0.name.precedesEvidence } ?? true }

  /// Why, in a line.
  var reason: String {
    let why = failure?.reason ?? summary
    return would.map { "would \($0.rawValue): \(why)" } ?? why
  }
}

/// The versions that a run goes from and to.
struct VersionStep {
  let from: PolicyVersion
  let to: PolicyVersion

  /// - Throws: `SettingsError` where a number is not finite.
  init(incumbent: Incumbent, artifact: PolicyArtifact, settings: Settings) throws(SettingsError) {
    from = incumbent.version ?? PolicyVersion.untrained(hash: incumbent.policy.hash)
    to = from.next(
      Settings.change(from: incumbent.rulesetHash, to: try settings.rulesetHash), hash: artifact.hash)
  }
}

extension TrainingRun {
  /// The row of the ledger, before the incumbent is read again.
  /// - Parameter hasPolicy: whether the ledger has a column for the whole policy.
  /// - Throws: `RunFailure` with status 78 where the ledger has no room for the policy; `SettingsError` and `EncodingError`
  ///   where a number is not finite.
  init(
    _ request: TrainingRequest, verdict: Verdict, versions: VersionStep, survey: Survey, gate: Gate,
    incumbent: Incumbent, learning: Learning, catalog: Catalog, hasPolicy: Bool, evaluation: Evaluation
  ) throws {
    let table = LedgerTable(
      learning.candidate, beside: incumbent.policy, catalog: catalog, rule: request.settings.learner.rule,
      minimumSupport: request.settings.learner.minimumSupport)
    if !request.isDryRun {
      try table.requireRoom(
        learning, schema: request.settings.schema, hasPolicy: hasPolicy, mayServe: request.mayServe)
    }
    let isWhole = verdict.isPromoted && (!hasPolicy || LedgerTable.isKeptWhole(learning.candidate))
    let isKnown = survey.holdout > 0 && gate.improvement.absence == nil
    self.init(
      id: request.runID, cadence: request.cadence.rawValue,
      judgeModel: survey.judges.keys.sorted().listed(10), outcomesJudged: survey.eligible,
      versionFrom: versions.from.description, versionTo: versions.to.description, promoted: verdict.isPromoted,
      reason: verdict.reason, gatePassed: verdict.failure == nil,
      perCell: isWhole ? table.whole : table.changes,
      doneLift: isKnown ? gate.lift(.done).mean : nil,
      costLift: isKnown && survey.hasCosts ? gate.lift(.cost).mean : nil,
      exploration: request.settings.learner.exploration, rulesetHash: try request.settings.rulesetHash,
      evaluation: try evaluation.json(), policy: verdict.isPromoted && hasPolicy ? learning.artifact.compressed : nil)
  }
}

extension LedgerTable {
  /// The most that a field of PostgreSQL holds, in bytes, with its header.
  private static let mostFieldBytes = 0x3FFF_FFFF - 1024

  /// A policy that the ledger could not keep, were it promoted, is an error on every night, and before anything is written.
  /// - Throws: `RunFailure` with status 78.
  package func requireRoom(
    _ learning: Learning, schema: String, hasPolicy: Bool, mayServe: Bool
  ) throws(RunFailure) {
    let policy = learning.candidate
    let size = "the policy of \(policy.cells.count) cells by \(policy.models.count) models"
    let needsWhole = mayServe && (!hasPolicy || LedgerTable.isKeptWhole(policy))
    guard (needsWhole ? bytesOfWhole : bytesOfChanges) <= LedgerTable.mostBytes else {
      let cure =
        needsWhole && !hasPolicy
        ? "as the owner run: ALTER TABLE \(schema).training_runs ADD COLUMN policy bytea"
        : "use shorter slugs for the models"
      throw RunFailure(
        .settings,
        "\(size) is too large for \(schema).training_runs.per_cell, which holds 256 MB; nothing was recorded; \(cure)")
    }
    guard !mayServe || !hasPolicy || learning.artifact.compressed.count <= LedgerTable.mostFieldBytes else {
      throw RunFailure(
        .settings, "\(size) is too large for \(schema).training_runs.policy, which holds 1 GB; nothing was recorded")
    }
  }
}
