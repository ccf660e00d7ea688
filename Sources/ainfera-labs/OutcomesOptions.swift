import ArgumentParser
import Outcomes
import Worker

/// The outcomes that a command reads from a file.
struct OutcomesOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, jsonl, dsjson
    case cbADF = "cb_adf"

    /// The format that a file's name says.
    init(path: String) {
      let name = path.lowercased()
      let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
      switch plain.split(separator: ".").last {
      case "jsonl", "ndjson", "json": self = .jsonl
      case "dsjson": self = .dsjson
      case "vw", "dat", "txt": self = .cbADF
      default: self = .csv
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "The outcomes: CSV, JSON lines, or Vowpal Wabbit's cb_adf text or dsjson; each may be in gzip.", valueName: "file"
    ))
  var outcomes: String

  @Option(
    name: .long, help: "How they stand there: csv, jsonl, cb_adf or dsjson; without it, what the file's name says.")
  var outcomesFormat: Format?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The least and the most that cb_adf (0,1) or dsjson (-1,0) may cost; the least is a reward of 1.",
      valueName: "least,most"))
  var costRange: String?

  @Option(
    name: .long,
    help: ArgumentHelp("How many records that cannot be read may be left out; each is told.", valueName: "records"))
  var skipBad = 0

  func validate() throws {
    guard skipBad >= 0 else { throw ValidationError("--skip-bad must be 0 or more") }
    if costRange != nil, OutcomesOptions.range(costRange) == nil {
      throw ValidationError(
        "--cost-range is two numbers of at most 1e9 with a comma between, the lesser first, as in --cost-range=-1,0")
    }
  }

  /// Whether nothing is said of how the file is read.
  var isPlain: Bool { outcomesFormat == nil && costRange == nil && skipBad == 0 }

  /// The file.
  var file: DatasetFile.Outcomes {
    let range = OutcomesOptions.range(costRange)
    let format: DatasetFormat =
      switch outcomesFormat ?? Format(path: outcomes) {
      case .csv: .csv
      case .jsonl: .jsonLines
      case .cbADF: .vowpalWabbitText(costs: range ?? 0...1)
      case .dsjson: .decisionServiceJSON(costs: range ?? -1...0)
      }
    return DatasetFile.Outcomes(path: outcomes, format: format, tolerance: skipBad)
  }

  private static func range(_ text: String?) -> ClosedRange<Double>? {
    let numbers = text?.split(separator: ",").compactMap { Double($0) } ?? []
    guard numbers.count == 2, numbers[0] < numbers[1], numbers.allSatisfy({ abs($0) <= 1e9 }) else { return nil }
    return numbers[0]...numbers[1]
  }
}
