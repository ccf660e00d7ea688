/// A logged decision of another learner's bandit, as a row of a dataset: its context becomes the cell, its action the
/// model, and its cost the reward.
///
/// The first feature of the context is the task and the others together are the band, so that both have a weight of their
/// own in the fit. Features with a number other than 1 are passed over: a cell has none.
struct LoggedDecision {
  /// The names of the context's features.
  var context: [String] = []
  /// The names of each action's features.
  var actions: [[String]] = []
  /// The chosen action, by its number from 0; nil where nothing was learned of the decision.
  var chosen: Int?
  /// What it cost.
  var cost = 0.0
  /// The probability with which it was chosen.
  var probability = 0.0
  /// When, as the file says it.
  var instant: String?
  /// Whether the file asks not to learn from it.
  var isExcluded = false

  private static let model = DatasetColumn.model.rawValue

  /// Writes the row.
  /// - Parameters:
  ///   - number: the number of the decision, from 0, a second for each where the file tells no time.
  ///   - costs: the lowest cost is a reward of 1, the highest one of 0.
  /// - Throws: `DatasetError` where the cost lies outside or the action does not exist.
  func write(
    to record: inout DatasetRecord, number: Int, line: Int, costs: ClosedRange<Double>
  ) throws(DatasetError) {
    record.removeAll(fields: DatasetColumn.allCases.count)
    record.line = line
    func put(_ text: String, _ column: DatasetColumn) {
      record.append(text.utf8)
      record.endField(column.rawValue)
    }
    put(instant ?? Instant(microseconds: Int64(number) * 1_000_000).description, .createdAt)
    put(cell, .cell)
    put(isExcluded ? "true" : "false", .isExcluded)
    guard let chosen else { return }
    guard actions.indices.contains(chosen) else {
      throw DatasetError(
        line: line, column: nil, reason: "action \(chosen) was chosen, of \(actions.count) counted from 0")
    }
    guard costs.contains(cost) else {
      throw DatasetError(
        line: line, column: nil,
        reason: "the cost \(cost) lies outside \(costs.lowerBound) to \(costs.upperBound); see --cost-range")
    }
    let reward = (costs.upperBound - cost) / (costs.upperBound - costs.lowerBound)
    put(actions[chosen].isEmpty ? "action-\(chosen)" : actions[chosen].joined(separator: "+"), .model)
    put("\(1 + 4 * reward)", .score)
    put("\(probability)", .propensity)
  }

  private var cell: String {
    let names = context.map { $0.split(separator: ":").joined(separator: "=") }
    let band = names.dropFirst().joined(separator: "+")
    return "\(names.first ?? "general"):*:\(band.isEmpty ? "balanced" : band)"
  }
}
