/// An interval for a mean: where it lies, how it was made, how sure it claims to be, and what that rests on.
public struct Interval: Sendable, Equatable {
  /// A way to make an interval.
  public enum Method: String, CaseIterable, Sendable {
    /// Groups of agents drawn with replacement (Davison and Hinkley 1997, section 3.8).
    case clusterBootstrap = "cluster_bootstrap"
    /// Student's t on the mean over groups of agents, with the cluster-robust standard error (Cameron and Miller 2015).
    case studentT = "student_t"
    /// The normal approximation on rows.
    case normal
    /// The empirical Bernstein bound on rows (Maurer and Pontil 2009, theorem 4).
    case empiricalBernstein = "empirical_bernstein"

    /// What the interval assumes, and when it misleads.
    public var assumption: String {
      switch self {
      case .clusterBootstrap:
        "agents are independent of each other and some tens of them carry the traffic; too narrow for few agents"
      case .studentT: "agents are independent of each other and their mean is nearly normal"
      case .normal: "rows are independent, and many enough; too narrow where an agent's calls are alike"
      case .empiricalBernstein:
        "rows are independent; holds at every number of rows, and is wide; too narrow where an agent's calls are alike"
      }
    }
  }

  /// How it was made.
  public let method: Method
  /// The confidence it claims, in (0,1).
  public let level: Double
  /// The lower end; `-infinity` where nothing bounds it.
  public let lower: Double
  /// The upper end; `infinity` where nothing bounds it.
  public let upper: Double

  /// Whether the number lies within.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
