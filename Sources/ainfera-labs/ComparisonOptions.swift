import ArgumentParser
import Outcomes
import Simulation
import Worker

/// Which policies are compared, and from what log.
struct ComparisonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Value another policy on the same rows, beside the candidate; may be given several times, and \"all\" is each of: "
        + PolicyKind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"))
  var policy: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The outcomes are a table of what each model answered to each prompt (prompt_id, model, quality in [0,1], and "
        + "cost_usd and task_type where it has them); draw from it the log of this router: uniform, prior, epsilon=0.2.",
      valueName: "router"))
  var logWith: String?

  @Option(
    name: .long,
    help: ArgumentHelp("The model that agents call without a router (default: the dearest).", valueName: "slug"))
  var defaultModel: String?

  func validate() throws {
    for name in policy where name != "all" && PolicyKind(rawValue: name) == nil {
      throw ValidationError(
        "--policy \(name) is not known; known: all, \(PolicyKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if let logWith, LoggingRouter(logWith) == nil {
      throw ValidationError("--log-with is uniform, prior, or epsilon= and a share above 0 and at most 1")
    }
  }

  var isEmpty: Bool { policy.isEmpty && logWith == nil }

  func check(catalog: Catalog) throws {
    guard let defaultModel, !catalog.models.contains(where: { $0.slug == defaultModel }) else { return }
    throw RunFailure(.usage, "--default-model \(defaultModel) is not in the catalog")
  }

  private func kinds(hasTruth: Bool, isFull: Bool) throws -> [PolicyKind] {
    let all = PolicyKind.allCases.filter { (hasTruth || !$0.needsTruth) && (isFull || $0 != .oraclePerPrompt) }
    if policy.contains("all") { return all }
    let named = policy.compactMap { PolicyKind(rawValue: $0) }
    if let kind = named.first(where: { !all.contains($0) }) {
      throw RunFailure(
        .usage,
        "--policy \(kind.rawValue) needs " + (kind == .oraclePerPrompt ? "--log-with" : "--truth or --log-with"))
    }
    return named
  }

  /// The outcomes to replay, and what to compare them with.
  func prepare(
    _ options: OutcomesOptions, truth: String?, catalog: Catalog, seed: UInt64, holdoutShare: Double
  ) throws -> (outcomes: DatasetFile.Outcomes, comparison: FileReplay.Comparison) {
    var comparison = FileReplay.Comparison()
    comparison.defaultModel = defaultModel
    comparison.kinds = try kinds(hasTruth: truth != nil || logWith != nil, isFull: logWith != nil)
    guard let router = logWith.flatMap({ LoggingRouter($0) }) else {
      comparison.truth = try truth.map { try DatasetFile.decode(Truth.self, from: $0) }
      return (options.file, comparison)
    }
    let information = try DatasetFile.fullInformation(options.outcomes, catalog: catalog)
    comparison.truth = information.truth(seed: seed, holdoutShare: holdoutShare)
    comparison.oraclePerPrompt = information.oraclePerPrompt(seed: seed, holdoutShare: holdoutShare)
    let log = DrawnLog(information, router: router, seed: seed)
    return (DatasetFile.Outcomes(path: options.outcomes, drawn: log), comparison)
  }
}
