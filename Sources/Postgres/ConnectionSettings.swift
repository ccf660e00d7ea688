/// How to reach the server.
public struct ConnectionSettings: Sendable {
  /// A URL or a `keyword=value` string of libpq; nil leaves everything to libpq's environment.
  public var target: String?
  /// The name under which the connection shows in `pg_stat_activity`.
  public var applicationName: String
  /// Seconds until an attempt to connect is given up.
  public var connectTimeout: Double

  /// Makes settings.
  public init(target: String? = nil, applicationName: String = "ainfera-labs", connectTimeout: Double = 10) {
    self.target = target
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
  }
}
