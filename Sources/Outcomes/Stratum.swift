/// A part of the traffic within which the judge is taken to sample evenly.
public struct Stratum: Hashable, Sendable {
  /// The task.
  public let task: String
  /// The band.
  public let band: String
  /// The slug of the chosen model.
  public let model: String

  /// Names a stratum.
  public init(task: String, band: String, model: String) {
    self.task = task
    self.band = band
    self.model = model
  }
}
