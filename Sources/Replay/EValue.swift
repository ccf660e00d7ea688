internal import Glibc

/// The evidence against "the candidate is no better by the margin", as the wealth of a gambler who bets on every row.
///
/// With D a row's lift, m the margin and L the most that a row can lose, `K(l) = Π (1 + l (D - m))` is averaged over
/// the bets `l = 0.99·2^-j/(m + L)`, j = 0…6. If the candidate is no better by m, the average exceeds 1/α with
/// probability at most α whenever one looks (Ville 1939; Waudby-Smith and Ramdas 2024, section 4; Karampatziakis, Mineiro,
/// Ramdas 2021; Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro 2022).
///
/// It assumes that rows are independent, or that none tells of the next; calls of one agent that are alike break that.
public struct EValue: Sendable {
  /// What the number assumes, and when it misleads.
  public static let assumption =
    "rows are independent; holds at every number of rows and whenever one looks, but calls of one agent that are alike "
    + "make it too large"

  /// The margin, in the unit of the lift.
  public let margin: Double
  /// The shares l that are bet.
  public let bets: [Double]
  private var logarithms: [Double]
  private var products: [Double]

  /// Makes an e-value of no rows, with bets that no row's loss can turn into debt.
  /// - Parameter worstLoss: L, at least 0. If `margin + worstLoss` is not above 0 nothing can be bet.
  public init(margin: Double = 0, worstLoss: Double) {
    let most = margin + worstLoss > 0 ? 0.99 / (margin + worstLoss) : 0
    self.init(margin: margin, bets: (0...6).map { most / Double(1 << $0) })
  }

  /// Makes an e-value of no rows with these bets.
  public init(margin: Double, bets: [Double]) {
    self.margin = margin
    self.bets = bets
    logarithms = Array(repeating: 0, count: bets.count)
    products = Array(repeating: 1, count: bets.count)
  }

  /// Bets on a row. A loss beyond what was foreseen takes all, for good.
  @inline(__always)
  public mutating func add(_ difference: Double, weight: Double = 1) {
    let gain = weight * (difference - margin)
    for bet in bets.indices {
      let product = products[bet] * max(1 + bets[bet] * gain, 0)
      products[bet] = product
      if product < 1e-100 || product > 1e100 { settle(bet) }
    }
  }

  private mutating func settle(_ bet: Int) {
    logarithms[bet] += log(products[bet])
    products[bet] = 1
  }

  /// Goes on with the rows of another of the same bets.
  public mutating func merge(_ other: EValue) {
    precondition(bets == other.bets && margin == other.margin)
    for bet in bets.indices {
      settle(bet)
      logarithms[bet] += other.logarithms[bet] + log(other.products[bet])
    }
  }

  /// The wealth of each bet.
  public var wealth: [Double] { bets.indices.map { exp(logarithms[$0]) * products[$0] } }

  /// The average wealth, at most the greatest finite number; 1 of no rows.
  public var value: Double {
    guard !bets.isEmpty else { return 1 }
    return min(wealth.reduce(0, +) / Double(bets.count), .greatestFiniteMagnitude)
  }
}
