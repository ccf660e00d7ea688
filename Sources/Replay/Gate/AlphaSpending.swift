/// How the error of 5 % is spent over the nights since the last promotion.
public enum AlphaSpending {
  /// `α_k = α · 6/(π² k²)` at the k-th try, which sums to α over all k.
  public static func level(try k: Int, total: Double = 0.05) -> Double {
    precondition(k >= 1)
    return total * 6 / (.pi * .pi * Double(k) * Double(k))
  }
}
