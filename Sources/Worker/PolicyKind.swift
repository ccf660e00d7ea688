/// The policies that can be valued beside the candidate.
public enum PolicyKind: String, CaseIterable, Sendable {
  /// What the decision rule serves by the priors, with exploration.
  case `static`
  /// The candidate: learned, with safe improvement and exploration.
  case learned
  /// The model of the highest learned mean, with exploration.
  case highestMean = "highest-mean"
  /// The model of the highest upper confidence bound, with exploration.
  case highestUpperBound = "highest-ucb"
  /// The cheapest model, always.
  case cheapest
  /// The model of the highest prior, always.
  case strongest
  /// The model of the highest mean reward in training, always.
  case bestSingle = "best-single"
  /// In each task the model of the highest mean reward in training.
  case bestPerTask = "best-per-task"
  /// The two single models between which lies the most reward for what the candidate costs, drawn so that they cost that.
  case costMatchedMix = "cost-matched-mix"
  /// Each model in turn, which is worth the same as drawing one.
  case roundRobin = "round-robin"
  /// A model at random.
  case uniform
  /// The model that agents call without a router: the dearest, unless another is named.
  case agentDefault = "agent-default"
  /// The decision rule where it knows the true qualities of each cell, with exploration.
  case oracle
  /// The decision rule where it knows the quality of each answer before it is given.
  case oraclePerPrompt = "oracle-per-prompt"

  /// Whether it can be valued only where the truth is known.
  public var needsTruth: Bool { self == .oracle || self == .oraclePerPrompt }
}
