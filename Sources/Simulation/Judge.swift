/// Who scores the answers of a world, and how wrongly.
public struct Judge: Sendable, Equatable {
  /// Its name in the log. Where it is a model's slug, that model judges its own answers too.
  public var name = "judge-oak"
  /// What it adds to every answer's quality.
  public var bias = 0.0
  /// The share of its scores that are drawn at random from 1 to 5.
  public var noise = 0.0
  /// What it adds to the quality of some models' answers, by their number.
  public var favours: [Int: Double] = [:]

  /// A judge that is right on average.
  public init() {}

  /// The quality that it scores by, in [0,1].
  func judged(_ quality: Double, arm: Int) -> Double {
    min(max(quality + bias + (favours[arm] ?? 0), 0), 1)
  }
}
