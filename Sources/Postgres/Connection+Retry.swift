internal import Glibc
public import Logging

extension Connection {
  /// Connects, and tries again within `retrySeconds` while the cause is one that may pass: the waits double from a
  /// quarter of a second to five, each shortened by chance so that many workers do not come back together.
  /// - Throws: the last `PostgresError`.
  public static func open(_ settings: ConnectionSettings, logger: Logger) throws(PostgresError) -> Connection {
    let start = ContinuousClock.now
    var wait = 0.25
    while true {
      do throws(PostgresError) {
        return try Connection(settings, logger: logger)
      } catch {
        let left = Duration.seconds(settings.retrySeconds) - (ContinuousClock.now - start)
        guard error.mayPass, left > .zero, !settings.isStopped() else { throw error }
        let pause = min(wait * Double.random(in: 0.5...1), Double(left.components.seconds) + 0.1)
        logger.notice("\(error); trying again in \(Int(pause * 1000)) ms")
        Connection.pause(seconds: pause, unless: settings.isStopped)
        wait = min(wait * 2, 5)
      }
    }
  }

  private static func pause(seconds: Double, unless isStopped: () -> Bool) {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end, !isStopped() { usleep(50_000) }
  }
}
