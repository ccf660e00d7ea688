public import Outcomes
public import Policies

/// The policy versions that made a log's deterministic decisions, as one randomised logger (Strehl, Langford, Li,
/// Kakade 2010, section 3): each version counts with its share of the rows.
///
/// It assumes that the contexts which came while one version served are like those which came under another.
public struct VersionMixture: Sendable {
  private let versions: [(policy: Policy, share: Double)]

  /// Makes the mixture of these versions with the rows that each logged.
  public init(_ versions: [(policy: Policy, rows: Int)]) {
    let total = versions.reduce(0) { $0 + $1.rows }
    self.versions = versions.map { ($0.policy, Double($0.rows) / Double(max(total, 1))) }
  }

  /// The share of the versions that would choose each arm in a cell.
  public func propensities(in cell: Cell, catalog: Catalog, rule: DecisionRule) -> [Double] {
    var result = [Double](repeating: 0, count: catalog.models.count)
    for (policy, share) in versions {
      if let pick = policy.serve(cell, catalog: catalog, rule: rule).decision.arm { result[pick] += share }
    }
    return result
  }
}
