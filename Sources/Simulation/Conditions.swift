/// What else is the case in a world, beside qualities and costs that stay as they are.
public struct Conditions: Sendable, Equatable {
  /// Labels that somebody set.
  public struct Poisoning: Sendable, Equatable {
    /// The share of all labels.
    public var share: Double
    /// The model that they praise; all others they damn.
    public var arm: Int
  }

  /// A model that is not there from the start.
  public struct Arrival: Sendable, Equatable {
    /// The model.
    public var arm: Int
    /// When it comes, as a share of the log's time.
    public var at: Double
  }

  /// How much the quality of each pair of cell and model changes from the log's start to its end; empty for not at all.
  public var drift: [Double] = []
  /// The model that comes later.
  public var arrival: Arrival?
  /// Who judges.
  public var judge = Judge()
  /// Whose labels are not the judge's.
  public var poisoning: Poisoning?
  /// The mean number of days from a call to its label, which is exponential; 0 for at once.
  public var labelDelay = 0.0
  /// The index of the Pareto law of costs, above 1; nil where a cost is within half of its mean.
  public var costTail: Double?
  /// Whether the router never explores and says so.
  public var isDeterministic = false
  /// The limits of the providers; nil where there are none.
  public var backpressure: Backpressure?

  /// Nothing else.
  public init() {}
}
