/// A way to estimate from a log the value of a policy that did not write it.
public enum Estimator: String, CaseIterable, Sendable {
  /// The mean of what the fit expects, `mean[Σ_a π(a|x) q̂(x,a)]`.
  case directMethod = "direct_method"
  /// Inverse propensity scores, `mean[ρ y]` (Horvitz and Thompson 1952).
  case ips
  /// Self-normalised IPS, `Σρy/Σρ` (Swaminathan and Joachims 2015).
  case snips
  /// Doubly robust, `mean[Σ_a π q̂ + ρ (y - q̂)]` (Dudík, Langford, Li 2011, equation 1).
  case doublyRobust = "doubly_robust"
  /// Doubly robust with a self-normalised correction, `mean[Σ_a π q̂] + Σρ(y - q̂)/Σρ` (Thomas and Brunskill 2016).
  case selfNormalizedDoublyRobust = "self_normalized_doubly_robust"
  /// Doubly robust where `ρ ≤ τ`, the fit elsewhere (Wang, Agarwal, Dudík 2017).
  case switchDoublyRobust = "switch_doubly_robust"
  /// Doubly robust with the weight `λρ/(ρ² + λ)` (Su, Dimakopoulou, Krishnamurthy, Dudík 2020, optimistic shrinkage).
  case shrunkDoublyRobust = "doubly_robust_optimistic_shrinkage"
  /// IPS with the weight `min(ρ, c)` (Ionides 2008).
  case clippedIPS = "clipped_ips"
  /// Doubly robust with the weight `min(ρ, c)`.
  case clippedDoublyRobust = "clipped_doubly_robust"
  /// The mean over the rows whose model the policy would have drawn too, `Σπ(a|x)y / Σπ(a|x)` (Li, Chu, Langford, Wang
  /// 2011, with the expectation over the policy's draws in place of a draw).
  case replay

  /// What the estimate assumes, and when it misleads.
  public var assumption: String {
    switch self {
    case .directMethod:
      "the fit is right for models that were seldom chosen; its bias does not shrink with more rows"
    case .ips: "every propensity is right and above 0 wherever the policy serves; a few heavy rows may decide it"
    case .snips: "as ips, with a bias that vanishes with the number of rows"
    case .doublyRobust: "the propensities are right, or the fit is; a few heavy rows may decide it"
    case .selfNormalizedDoublyRobust: "as doubly_robust, with a bias that vanishes with the number of rows"
    case .switchDoublyRobust: "the fit is right where the weight is above the threshold"
    case .shrunkDoublyRobust: "the fit is nearly right where the weight is large"
    case .clippedIPS: "no weight is above the clip; else too low"
    case .clippedDoublyRobust: "the fit is right where the weight is above the clip"
    case .replay: "the log chose uniformly at random among all models; not given for other logs"
    }
  }
}
