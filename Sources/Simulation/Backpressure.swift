/// The limits that providers set, and what a router does about them.
///
/// Calls to a model fade from its load as the log goes on. The router looks at loads now and then: a model over its soft
/// limit is no candidate. A model over its hard limit answers 429, the call falls over to the next, and a model that has
/// answered so a few times in a row is not called for a while.
public struct Backpressure: Sendable, Equatable {
  /// The load, in calls of the last `memory`, over which a model is no candidate.
  public var softLimit: Double
  /// The load over which it refuses.
  public var hardLimit: Double
  /// How many calls a load remembers.
  public var memory = 100.0
  /// How many calls lie between two looks of the router.
  public var interval = 40
  /// How many refusals in a row open the breaker.
  public var tolerance = 3
  /// How many calls the breaker stays open.
  public var pause = 100

  /// Sets the limits.
  public init(softLimit: Double, hardLimit: Double) {
    self.softLimit = softLimit
    self.hardLimit = hardLimit
  }

  /// The loads and breakers of a log that is being drawn.
  struct State {
    private let limits: Backpressure
    private var load: [Double]
    private var isOverSoft: [Bool]
    private var refusals: [Int]
    private var closesAt: [Int]
    private var call = 0

    init(_ limits: Backpressure, arms: Int) {
      self.limits = limits
      load = Array(repeating: 0, count: arms)
      isOverSoft = Array(repeating: false, count: arms)
      refusals = Array(repeating: 0, count: arms)
      closesAt = Array(repeating: 0, count: arms)
    }

    /// Begins a call, and says which models are candidates.
    mutating func candidates() -> [Bool] {
      for arm in load.indices { load[arm] *= 1 - 1 / limits.memory }
      if call % limits.interval == 0 { isOverSoft = load.map { $0 > limits.softLimit } }
      call += 1
      return load.indices.map { !isOverSoft[$0] && closesAt[$0] < call }
    }

    /// Whether the model would answer 429 now.
    func refuses(_ arm: Int) -> Bool { load[arm] > limits.hardLimit }

    /// Calls a model.
    mutating func call(_ arm: Int) {
      if refuses(arm) {
        refusals[arm] += 1
        if refusals[arm] >= limits.tolerance {
          closesAt[arm] = call + limits.pause
          refusals[arm] = 0
        }
      } else {
        refusals[arm] = 0
        load[arm] += 1
      }
    }
  }
}
