public import ArgumentParser
import Foundation
public import Simulation
import Worker

extension Scenario: ExpressibleByArgument {
  /// The scenario of this name.
  public init?(argument: String) { self.init(name: argument) }

  /// The names, for help and for messages.
  public static var allValueStrings: [String] { all.map(\.name) }

  /// Its name, for help.
  public var defaultValueDescription: String { name }
}

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a dataset of a world whose truth is known: outcomes.csv, catalog.json and truth.json.",
    discussion: "The scenarios:\n"
      + Scenario.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Option(help: "The world, by name.")
  var scenario = Scenario.all[0]

  @Option(help: "How many outcomes.")
  var rows: Int

  @Option(help: "The seed; the same seed writes the same bytes.")
  var seed: UInt64

  @Option(help: "How many tenants the world has (default: the scenario's own number, as a rule 4).")
  var tenants: Int?

  @Option(
    help: ArgumentHelp(
      "The share of calls for which the router draws a model at random (default: the scenario's own, as a rule 0.1).",
      valueName: "share"))
  var exploration: Double?

  @Option(help: ArgumentHelp("The folder, which is made if it is missing.", valueName: "dir"))
  var out: String

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be above 0") }
    guard (1...10_000).contains(tenants ?? 1) else { throw ValidationError("--tenants must be from 1 to 10000") }
    guard (0...1).contains(exploration ?? 0) else { throw ValidationError("--exploration must be from 0 to 1") }
  }

  func run() throws {
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let world = scenario.world(seed: seed, tenants: tenants, exploration: exploration)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(world.catalog).write(to: URL(fileURLWithPath: "\(out)/catalog.json"))
      try encoder.encode(world.truth).write(to: URL(fileURLWithPath: "\(out)/truth.json"))
      try writeOutcomes(world)
    } catch {
      StandardError.fail(RunFailure(.output, "the dataset cannot be written to \(out): \(error.localizedDescription)"))
    }
  }

  private func writeOutcomes(_ world: World) throws {
    let path = "\(out)/outcomes.csv"
    try Data(DatasetText.header.utf8).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    // A fixed first instant, so that the same seed writes the same bytes on every day.
    let start = Date(timeIntervalSince1970: 1_767_225_600)
    var buffer = Data()
    for outcome in Log(world, rows: rows, seed: seed) {
      buffer.append(contentsOf: DatasetText.line(outcome, of: world, start: start).utf8)
      if buffer.count > 1 << 20 {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try file.write(contentsOf: buffer)
    try file.close()
  }
}
