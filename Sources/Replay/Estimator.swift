/// A way to estimate from a log the value of a policy that did not write it.
public enum Estimator: String, CaseIterable, Sendable {
  /// The mean of what the fit expects: no variance from the weights, but all of the fit's bias.
  case directMethod = "direct_method"
  /// Inverse propensity scores (Horvitz and Thompson 1952): unbiased where every propensity is right and positive.
  case ips
  /// Self-normalised IPS (Swaminathan and Joachims 2015): divides by the sum of the weights.
  case snips
  /// Doubly robust (Dudík, Langford, Li 2011): right where either the fit or the propensities are.
  case doublyRobust = "doubly_robust"
}
