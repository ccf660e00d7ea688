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

  /// What changes at once, at some time.
  public struct Step: Sendable, Equatable {
    /// When, as a share of the log's time.
    public var at: Double
    /// What is added to the quality of each pair of cell and model; empty for nothing.
    public var quality: [Double] = []
    /// What the cost of each pair of cell and model is multiplied by; empty for 1.
    public var cost: [Double] = []
    /// What the judge adds to every answer's quality.
    public var judgeBias = 0.0
    /// The model that the router chooses in each cell from then on; empty for the same as before.
    public var picks: [Int] = []

    /// Nothing changes at that time.
    public init(at: Double) { self.at = at }
  }

  /// A reason of the router's choice that no column tells: some calls are harder than others, and the router knows.
  public struct HiddenReason: Sendable, Equatable {
    /// The model that gets the easy calls.
    public var arm: Int
    /// The share of easy calls.
    public var easyShare: Double
    /// How much better every model answers an easy call than a call on average.
    public var ease: Double

    /// Describes the reason.
    public init(arm: Int, easyShare: Double, ease: Double) {
      self.arm = arm
      self.easyShare = easyShare
      self.ease = ease
    }
  }

  /// What changes at once.
  public var steps: [Step] = []
  /// The probability that a call of each pair of cell and model fails; empty for never. A failed call is not judged and
  /// costs nothing.
  public var failures: [Double] = []
  /// The pairs of cell and model whose answers are always scored 1, for the judge's answer cannot be read.
  public var unreadableScores: Set<Int> = []
  /// The reason of the router's choice that no column tells; it logs no propensity then.
  public var hiddenReason: HiddenReason?
  /// The share of answers that are judged.
  public var judgedShare = 1.0
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
