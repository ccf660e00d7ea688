internal import Outcomes
internal import Policies

/// The promotion gate: a list of checks, all of which are run and shown; the first that fails is the reason to hold.
///
/// What its numbers assume: that every model a policy would choose had a chance of being chosen (positivity), that
/// within a cell nothing unseen drove the router's choice, and that judged outcomes stand for the traffic.
public struct Gate {
  /// What was asked for.
  public let thresholds: GateThresholds
  /// Whether the candidate is no worse, and better.
  public let improvement: Improvement
  /// Whether the log shows what each policy would do.
  public let overlap: Overlap
  let evidence: GateEvidence
  /// What both policies pick in each cell of the replay.
  let picks: [(candidate: Int?, incumbent: Int?)]

  /// Takes the evidence and computes the lifts.
  public init(_ evidence: GateEvidence, thresholds: GateThresholds) {
    self.evidence = evidence
    self.thresholds = thresholds
    picks = evidence.cells.prefix(evidence.replay.cells.count).map { cell in
      (
        evidence.candidate.decide(cell, catalog: evidence.catalog, rule: evidence.rule).arm,
        evidence.incumbent.decide(cell, catalog: evidence.catalog, rule: evidence.rule).arm
      )
    }
    overlap = Overlap(evidence.replay, cells: evidence.cells, models: evidence.catalog.models.map(\.slug))
    improvement = Improvement(
      evidence.replay, thresholds: thresholds,
      alpha: AlphaSpending.level(try: evidence.standing.attempt, total: thresholds.alpha),
      hasCosts: evidence.survey.hasCosts && evidence.replay.served(.cost).rows.count > 0, absence: overlap.liftAbsence)
  }

  /// Whether the outcomes have costs at all; a dataset may lack the column.
  public var hasCosts: Bool { evidence.survey.hasCosts }

  /// The error that this try may spend.
  public var alpha: Double { improvement.alpha }

  /// The lift of each quantity, by `Quantity.rawValue`.
  public var lifts: [Lift] { improvement.lifts }

  /// The lift of a quantity.
  public func lift(_ quantity: Quantity) -> Lift { improvement.lift(quantity) }

  /// All checks but those that only the ledger can make.
  public func checks() -> [GateCheck] {
    [
      source(), paused(), volume(), costs(), labels(), drift(), ruleset(), propensities(), change(), support(),
      noWorse(), better(), anchor(), slices(), tenants(), coverage(), exploration(), staticMix(), singleModel(),
      reload(),
    ]
  }

  /// What a promotion is for, in a line.
  public var summary: String {
    let cost =
      improvement.hasCosts ? ", cost \(seen(lift(.cost), places: 7)) USD\(improvement.costShareText)" : ""
    return "done \(seen(lift(.done), places: 4))" + cost
  }

  func seen(_ lift: Lift, places: Int) -> String {
    "\(lift.mean.signedDecimals(places)) [\(lift.interval.lower.signedDecimals(places)), "
      + "\(lift.interval.upper.signedDecimals(places))]"
  }

  var levelDetail: String {
    "try \(evidence.standing.attempt) since the last promotion, error \(alpha.decimals(5))"
  }

  /// A model's name in a text.
  func slug(_ arm: Int) -> String { evidence.catalog.models[arm].slug.shortened() }

  /// A count with its noun in the right number.
  func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  func percent(_ share: Double, _ places: Int = 0) -> String { "\((100 * share).decimals(places)) %" }
}
