/// Reads Vowpal Wabbit's `cb_adf` text: decisions of several lines with a blank line between, an optional `shared` line
/// first, and then a line for each action, of which the chosen one bears `action:cost:probability`.
struct VowpalWabbitTextParser: RecordParser {
  private let costs: ClosedRange<Double>
  private var lines = LineSplitter()
  private var block = Block()

  init(costs: ClosedRange<Double>) { self.costs = costs }

  mutating func parse(_ chunk: [UInt8], _ body: (DatasetRecord) throws -> Void) throws {
    var (lines, block) = (lines, block)
    try lines.split(chunk) { try block.take($0, $1, costs, body) }
    (self.lines, self.block) = (lines, block)
  }

  mutating func finish(_ body: (DatasetRecord) throws -> Void) throws {
    var block = block
    try lines.finish { try block.take($0, $1, costs, body) }
    try block.close(costs, body)
    self.block = block
  }

  /// The lines of one decision.
  private struct Block {
    /// How many lines are remembered; where contexts hardly repeat, memory stays bounded.
    private static let mostKnown = 4096

    private var decision = LoggedDecision()
    private var known: [ArraySlice<UInt8>: [String]] = [:]
    private var fault: DatasetError?
    private var first: Int?
    private var number = 0
    private var record = DatasetRecord()

    mutating func take(
      _ bytes: ArraySlice<UInt8>, _ line: Int, _ costs: ClosedRange<Double>, _ body: (DatasetRecord) throws -> Void
    ) throws {
      guard !LineSplitter.isBlank(bytes) else { return try close(costs, body) }
      first = first ?? line
      do throws(DatasetError) {
        try read(bytes, line)
      } catch {
        fault = fault ?? error
      }
    }

    mutating func close(_ costs: ClosedRange<Double>, _ body: (DatasetRecord) throws -> Void) throws {
      guard let first else { return }
      do throws(DatasetError) {
        try decision.write(to: &record, number: number, line: first, costs: costs)
      } catch {
        fault = fault ?? error
      }
      record.fault = fault
      decision = LoggedDecision()
      fault = nil
      self.first = nil
      number += 1
      try body(record)
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(DatasetError) {
      let bar = bytes.firstIndex(of: UInt8(ascii: "|")) ?? bytes.endIndex
      let label = String(decoding: bytes[..<bar], as: UTF8.self).split(separator: " ").first
      let features = try knownFeatures(bytes[bar...].dropFirst(), line)
      if label == "shared" {
        decision.context = features
        return
      }
      if let label, label.contains(":") {
        let numbers = label.split(separator: ":").map { NumberText.value($0) }
        guard numbers.count == 3, let cost = numbers[1], let probability = numbers[2], cost.isFinite else {
          throw DatasetError(line: line, column: "label", reason: "\"\(label)\" is not action:cost:probability")
        }
        guard decision.chosen == nil else {
          throw DatasetError(line: line, column: "label", reason: "a second action of the decision has a label")
        }
        (decision.chosen, decision.cost, decision.probability) = (decision.actions.count, cost, probability)
      }
      decision.actions.append(features)
    }

    /// The names of the features, which are read once for all lines that are alike.
    private mutating func knownFeatures(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(DatasetError) -> [String] {
      if let names = known[bytes] { return names }
      let text = String(decoding: bytes, as: UTF8.self)
      let names = try features(text.split(separator: "|", omittingEmptySubsequences: false)[...], line)
      if known.count >= Block.mostKnown { known.removeAll(keepingCapacity: true) }
      // A copy, for the slice would keep its whole chunk.
      known[Array(bytes)[...]] = names
      return names
    }

    private func features(_ namespaces: ArraySlice<Substring>, _ line: Int) throws(DatasetError) -> [String] {
      var names: [String] = []
      for namespace in namespaces {
        let words = namespace.split(separator: " ")
        let hasName = namespace.first.map { !$0.isWhitespace } == true
        let name = hasName ? words.first?.split(separator: ":").first ?? "" : ""
        for word in words.dropFirst(hasName ? 1 : 0) {
          let pair = word.split(separator: ":", maxSplits: 1)
          if pair.count == 2 {
            guard let value = NumberText.value(pair[1]) else {
              throw DatasetError(
                line: line, column: "features", reason: "\"\(word.prefix(60))\" has no number after the colon")
            }
            guard value == 1 else { continue }
          }
          let feature = pair.first.map(String.init) ?? ""
          names.append(name.isEmpty || feature.contains("=") ? feature : "\(name)^\(feature)")
        }
      }
      return names
    }
  }
}
