import ArgumentParser

@main
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Try the gate's numbers on simulated logs whose truth is known, and print what they are worth.",
    discussion: """
      Prints Markdown: how often the gate as a whole promotes harm and what is better, many nights of one market, coverage \
      of the intervals, bias and error of the estimators, false promotions over many nights, and nights until a better \
      policy is promoted. The same seed prints the same bytes.
      """)

  enum Study: String, ExpressibleByArgument, CaseIterable {
    case traps, market, selfTest = "self-test", ridge, coverage, quantities, estimators, null, detection, harm
  }

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  @Option(help: "How many logs each share is taken over.")
  var logs = 500

  @Option(help: "How many sequences of nights.")
  var sequences = 200

  @Option(help: "How many nights a sequence has.")
  var nights = 60

  @Option(help: "The studies to run; all without it.")
  var study: [Study] = []

  func validate() throws {
    guard min(logs, sequences, nights) > 0 else { throw ValidationError("counts must be above 0") }
  }

  func run() throws {
    for study in study.isEmpty ? Study.allCases : study {
      print(try table(study).text, terminator: "\n\n")
    }
  }

  private func table(_ study: Study) throws -> MarkdownTable {
    switch study {
    case .traps: try TrapStudy.table(logs: min(logs, 200), seed: seed)
    case .market: try MarketStudy.table(sequences: min(sequences, 20), nights: min(nights, 25), seed: seed)
    case .selfTest: try SelfTestStudy.table(draws: min(logs, 100), seed: seed)
    case .ridge: try RidgeStudy.table(logs: min(logs, 100), seed: seed)
    case .quantities: try CoverageStudy.quantities(logs: logs, seed: seed)
    case .coverage: try CoverageStudy.table(logs: logs, seed: seed)
    case .estimators: try EstimatorStudy.table(logs: logs, seed: seed)
    case .null: try NullNightsStudy.table(sequences: sequences, nights: nights, seed: seed)
    case .detection: try DetectionStudy.table(sequences: min(sequences, 100), nights: nights, seed: seed)
    case .harm: try HarmStudy.table(logs: logs, seed: seed)
    }
  }
}
