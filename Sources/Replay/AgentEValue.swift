internal import Glibc

/// The evidence against "the candidate is no better", as the wealth of a gambler who bets on whole agents.
///
/// With `S` the sum of an agent's weighted lifts, L the most that a row can lose and n the rows of the busiest group,
/// `Π (1 + l S)` over groups of agents, averaged over the bets `l = 0.99·2^-j/(n L)`, j = 0…6, exceeds 1/α with probability at
/// most α if the candidate is no better (Ville 1939; Waudby-Smith and Ramdas 2024, section 4). Calls of one agent may be as
/// alike as they will: only agents must be independent of each other. The price is power, for an agent cannot lose more than
/// the busiest could.
public enum AgentEValue {
  /// What the number assumes, and when it misleads.
  public static let assumption =
    "agents are independent of each other; holds however alike the calls of one agent are, and needs many agents"

  /// The average wealth over the bets, at most the greatest finite number; 1 where nothing bounds a loss.
  public static func value(_ difference: PairedDifference) -> Double {
    guard let range = difference.range, range.lowerBound < 0, range.lowerBound.isFinite else { return 1 }
    let groups = difference.groupWeights.indices.filter { difference.groupWeights[$0] > 0 }
    let busiest = groups.map { difference.groupWeights[$0] }.max() ?? 0
    guard busiest > 0 else { return 1 }
    let most = 0.99 / (busiest * -range.lowerBound)
    let wealth = (0...6).map { power in
      let bet = most / Double(1 << power)
      return exp(groups.reduce(0.0) { $0 + log(max(1 + bet * difference.groupSums[$1], 0)) })
    }
    let mean = wealth.reduce(0, +) / Double(wealth.count)
    return mean.isFinite ? mean : .greatestFiniteMagnitude
  }
}
