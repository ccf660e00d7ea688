/// Which outcomes a run asks for, and how it weighs them.
public struct OutcomeSelection: Sendable, Equatable {
  /// Days before the server's clock.
  public var windowDays: Double
  /// The source: `prod`, `synthetic`, or `any`.
  public var source: String
  /// The share of eligible rows, the newest, that is held out.
  public var holdoutShare: Double
  /// Days in which a row loses half of its weight; nil for no decay.
  public var halfLifeDays: Double?
  /// Whether the features include the input tokens.
  public var usesInputTokens: Bool

  /// Makes a selection.
  public init(
    windowDays: Double = 30, source: String = "prod", holdoutShare: Double = 0.3, halfLifeDays: Double? = nil,
    usesInputTokens: Bool = false
  ) {
    self.windowDays = windowDays
    self.source = source
    self.holdoutShare = holdoutShare
    self.halfLifeDays = halfLifeDays
    self.usesInputTokens = usesInputTokens
  }
}
