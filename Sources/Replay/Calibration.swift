/// How rewards that the fit predicted turned out, by tenths of the prediction.
public struct Calibration: Sendable {
  /// The rows whose prediction lies in one tenth.
  public struct Bin: Sendable, Equatable {
    /// How many.
    public internal(set) var rows = 0
    /// The weight of the rows.
    var weight = 0.0
    var predicted = 0.0
    var observed = 0.0

    /// The mean prediction, in [0,1]; 0 of no row.
    public var meanPrediction: Double { weight > 0 ? predicted / weight : 0 }
    /// The mean reward, in [0,1]; 0 of no row.
    public var meanReward: Double { weight > 0 ? observed / weight : 0 }
  }

  /// The tenths, from 0 to 1.
  public private(set) var bins = [Bin](repeating: Bin(), count: 10)

  @inline(__always)
  mutating func add(predicted: Double, observed: Double, weight: Double) {
    let bin = min(max(Int(predicted * 10), 0), 9)
    bins[bin].rows += 1
    bins[bin].weight += weight
    bins[bin].predicted += weight * predicted
    bins[bin].observed += weight * observed
  }

  mutating func merge(_ other: Calibration) {
    for bin in bins.indices {
      bins[bin].rows += other.bins[bin].rows
      bins[bin].weight += other.bins[bin].weight
      bins[bin].predicted += other.bins[bin].predicted
      bins[bin].observed += other.bins[bin].observed
    }
  }
}
