/// How to reach the server.
public struct ConnectionSettings: Sendable {
  /// A URL or a `keyword=value` string of libpq; nil leaves everything to libpq's environment.
  public var target: String?
  /// The name under which the connection shows in `pg_stat_activity`.
  public var applicationName: String
  /// Seconds until an attempt to connect is given up.
  public var connectTimeout: Double
  /// Seconds within which a connection that fails for a cause that may pass is tried again; 0 for one attempt.
  public var retrySeconds: Double
  /// Whether trying again shall end.
  public var isStopped: @Sendable () -> Bool
  /// Asked before a COMMIT of what may have written is sent.
  public var mayCommit: @Sendable () -> Bool = { true }

  /// Makes settings.
  public init(
    target: String? = nil, applicationName: String = "ainfera-labs", connectTimeout: Double = 10,
    retrySeconds: Double = 0, isStopped: @escaping @Sendable () -> Bool = { false }
  ) {
    self.target = target
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
    self.retrySeconds = retrySeconds
    self.isStopped = isStopped
  }
}
