public import Replay

/// The result of a run, as every report shows it.
public struct RunReport: Codable, Sendable {
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
    /// Rows in the window, then those that fell at each step, in order.
    public var funnel: [FunnelCount]

    /// Makes the counts.
    public init(
      window: [String], cut: String?, eligible: Int, training: Int, holdout: Int, funnel: [FunnelCount]
    ) {
      self.window = window
      self.cut = cut
      self.eligible = eligible
      self.training = training
      self.holdout = holdout
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
  /// `promote` or `hold`.
  public var verdict: String
  /// Whether every tenant was moved.
  public var promoted: Bool
  /// Why.
  public var reason: String
  /// The incumbent's version.
  public var policyVersionFrom: String
  /// The candidate's version.
  public var policyVersionTo: String
  /// What was read.
  public var outcomes: Outcomes
  /// Every check.
  public var checks: [GateCheck]
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
    runId: String, cadence: String, dryRun: Bool, verdict: String, promoted: Bool, reason: String,
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
}
