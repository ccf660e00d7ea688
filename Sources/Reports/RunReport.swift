public import Replay

/// The result of a run, as every report shows it.
public struct RunReport: Codable, Sendable {
  /// What the gate says.
  public enum Verdict: String, Codable, Sendable {
    /// Every check passes.
    case promote
    /// A check fails.
    case hold
  }

  /// What the fit was made with, and what its widths are in.
  public struct Fit: Codable, Sendable {
    /// The ridge on cells.
    public var ridgeCell: Double
    /// The ridge on tenants.
    public var ridgeTenant: Double
    /// `σ̂` by model: the standard error of a learned quality is `σ̂ · width`. 0 of a model without rows.
    public var residualStandardDeviation: [String: Double]

    /// Describes a fit.
    public init(ridgeCell: Double, ridgeTenant: Double, residualStandardDeviation: [String: Double]) {
      self.ridgeCell = ridgeCell
      self.ridgeTenant = ridgeTenant
      self.residualStandardDeviation = residualStandardDeviation
    }
  }

  /// What was read.
  public struct Outcomes: Codable, Sendable {
    /// The first and last instant.
    public var window: [String]
    /// The first instant of the holdout.
    public var cut: String?
    /// Rows that learning or replay used.
    public var eligible: Int
    /// Rows before the cut.
    public var training: Int
    /// Rows from the cut on.
    public var holdout: Int
    /// Eligible rows whose call failed, which are known without a judge.
    public var knownWithoutJudge: Int
    /// Rows in the window, then those that fell at each step, in order.
    public var funnel: [FunnelCount]

    /// Makes the counts.
    public init(
      window: [String], cut: String?, eligible: Int, training: Int, holdout: Int, knownWithoutJudge: Int,
      funnel: [FunnelCount]
    ) {
      self.window = window
      self.cut = cut
      self.eligible = eligible
      self.training = training
      self.holdout = holdout
      self.knownWithoutJudge = knownWithoutJudge
      self.funnel = funnel
    }
  }

  /// One step of the funnel.
  public struct FunnelCount: Codable, Sendable {
    /// The step.
    public var step: String
    /// Its rows.
    public var rows: Int

    /// Makes a count.
    public init(step: String, rows: Int) {
      self.step = step
      self.rows = rows
    }
  }

  /// A cell whose pick changed.
  public struct ChangedCell: Codable, Sendable {
    /// `task:tenant:band`.
    public var cell: String
    /// Training rows.
    public var rows: Int
    /// The incumbent's pick.
    public var from: String?
    /// The candidate's pick.
    public var to: String?
    /// The learned quality of the incumbent's pick.
    public var qualityFrom: Double
    /// The learned quality of the candidate's pick.
    public var qualityTo: Double

    /// Makes a changed cell.
    public init(cell: String, rows: Int, from: String?, to: String?, qualityFrom: Double, qualityTo: Double) {
      self.cell = cell
      self.rows = rows
      self.from = from
      self.to = to
      self.qualityFrom = qualityFrom
      self.qualityTo = qualityTo
    }
  }

  /// The run's identifier.
  public var runId: String
  /// The cadence.
  public var cadence: String
  /// Whether nothing was written.
  public var dryRun: Bool
  /// What became of the run: `hold` of a run that may not serve, whatever the gate says.
  public var verdict: Verdict
  /// What the verdict would have been, of a shadow or dry run; nil of others.
  public var would: Verdict?
  /// Whether every tenant was moved.
  public var promoted: Bool
  /// How many tenants were moved; nil where none was.
  public var tenantsMoved: Int?
  /// Why; of a shadow or dry run it begins with `would promote:` or `would hold:`.
  public var reason: String
  /// The incumbent's version.
  public var policyVersionFrom: String
  /// The candidate's version.
  public var policyVersionTo: String
  /// What was read.
  public var outcomes: Outcomes
  /// What was in fact served in the holdout.
  public var served: ServedReport?
  /// Every check.
  public var checks: [GateCheck]
  /// What the fit was made with.
  public var fit: Fit?
  /// What replay found.
  public var replay: ReplayReport
  /// What is true, where a simulation knows it.
  public var truth: TruthReport?
  /// Other policies on the same rows, where they were asked for.
  public var policies: [PolicyReport]?
  /// The cells that changed most.
  public var changedCells: [ChangedCell]
  /// What the page's plots show beside all this.
  public var figures: RunFigures?
  /// The ruleset.
  public var rulesetHash: String
  /// The linear algebra that computed it.
  public var blas: String
  /// The artifact that was written.
  public var artifact: String?
  /// Milliseconds of each phase.
  public var timingsMs: [String: Double]
  /// The most memory that the process held.
  public var peakResidentBytes: Int

  /// Makes a report.
  public init(
    runId: String, cadence: String, dryRun: Bool, verdict: Verdict, promoted: Bool, reason: String,
    policyVersionFrom: String, policyVersionTo: String, outcomes: Outcomes, checks: [GateCheck],
    replay: ReplayReport, changedCells: [ChangedCell], rulesetHash: String, blas: String, artifact: String?,
    timingsMs: [String: Double], peakResidentBytes: Int
  ) {
    self.runId = runId
    self.cadence = cadence
    self.dryRun = dryRun
    self.verdict = verdict
    self.promoted = promoted
    self.reason = reason
    self.policyVersionFrom = policyVersionFrom
    self.policyVersionTo = policyVersionTo
    self.outcomes = outcomes
    self.checks = checks
    self.replay = replay
    self.changedCells = changedCells
    self.rulesetHash = rulesetHash
    self.blas = blas
    self.artifact = artifact
    self.timingsMs = timingsMs
    self.peakResidentBytes = peakResidentBytes
  }

  /// The verdict in capitals, as a person reads it: `PROMOTE`, `HOLD`, `WOULD PROMOTE` or `WOULD HOLD`.
  public var headline: String {
    would.map { "WOULD \($0.rawValue.uppercased())" } ?? verdict.rawValue.uppercased()
  }

  /// The reason without what the headline says already.
  public var plainReason: String {
    let prefix = would.map { "would \($0.rawValue): " } ?? ""
    return reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.count)) : reason
  }
}
