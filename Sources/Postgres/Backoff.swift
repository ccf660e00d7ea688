internal import Glibc
public import Logging

/// The waits between attempts at what may succeed later: they double from a quarter of a second to five, each shortened by
/// chance so that many workers do not come back together.
public struct Backoff {
  private static let longest = 5.0

  private let end: ContinuousClock.Instant
  private let isStopped: @Sendable () -> Bool
  private var wait = 0.25

  /// Begins now.
  /// - Parameters:
  ///   - seconds: how long attempts may go on, in seconds.
  ///   - isStopped: whether waiting shall end.
  public init(within seconds: Double, unless isStopped: @escaping @Sendable () -> Bool) {
    end = ContinuousClock.now + .seconds(seconds)
    self.isStopped = isStopped
  }

  /// Waits before the next attempt.
  /// - Parameter announce: told how long it waits, in milliseconds.
  /// - Returns: whether there is time for one.
  public mutating func pause(_ announce: (Int) -> Void) -> Bool {
    let (seconds, attoseconds) = (end - .now).components
    let left = Double(seconds) + Double(attoseconds) / 1e18
    guard left > 0, !isStopped() else { return false }
    let pause = min(wait * Double.random(in: 0.5...1), left)
    announce(Int(pause * 1000))
    let next = ContinuousClock.now + .seconds(pause)
    while ContinuousClock.now < next, !isStopped() { usleep(20_000) }
    wait = min(wait * 2, Backoff.longest)
    return !isStopped()
  }
}

extension Connection {
  /// Connects, and tries again within `retrySeconds` while the cause is one that may pass.
  /// - Throws: the last `PostgresError`.
  public static func open(_ settings: ConnectionSettings, logger: Logger) throws(PostgresError) -> Connection {
    var backoff = settings.backoff
    while true {
      do throws(PostgresError) {
        return try Connection(settings, logger: logger)
      } catch {
        guard error.mayPass, backoff.pause({ logger.notice("\(error); trying again in \($0) ms") }) else { throw error }
      }
    }
  }
}

extension ConnectionSettings {
  /// The waits between attempts within `retrySeconds` from now on.
  public var backoff: Backoff { Backoff(within: retrySeconds, unless: isStopped) }
}
