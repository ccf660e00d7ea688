import ArgumentParser
import Foundation
import Outcomes
import Policies
import Reports
import Simulation
import Worker

struct Value: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "value",
    abstract: "Print the true value of a policy's artifact in a simulated world, beside the static and the best policy."
  )

  @Option(help: ArgumentHelp("The artifact, <version>.json.", valueName: "file"))
  var policy: String

  @Option(help: ArgumentHelp("The catalog of the world.", valueName: "file"))
  var catalog: String

  @Option(help: ArgumentHelp("The truth of the world.", valueName: "file"))
  var truth: String

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    do {
      let models = try DatasetFile.catalog(catalog)
      let world = try DatasetFile.decode(Truth.self, from: truth)
      let learned = try Policy(canonicalJSON: DatasetFile.contents(of: policy))
      let rule = DecisionRule.cheapestClearingFloor
      let values = [
        "static": world.value(of: .untrained(exploration: learned.exploration), catalog: models, rule: rule),
        "learned": world.value(of: learned, catalog: models, rule: rule),
        "best possible": world.bestPossible(catalog: models, rule: rule, exploration: learned.exploration),
      ]
      try StandardOutput.print(format == .json ? JSONReport.text(values) : text(values))
    } catch let failure as RunFailure {
      StandardError.fail(failure)
    } catch {
      StandardError.fail(RunFailure(.badData, "\(policy) is not the artifact of a policy: \(error)"))
    }
  }

  private func text(_ values: [String: Truth.Value]) -> String {
    let lines = ["static", "learned", "best possible"].compactMap { name in
      values[name].map { value in
        "  " + name.padding(toLength: 16, withPad: " ", startingAt: 0)
          + "reward \(value.reward.decimals(4))   done \(value.done.decimals(4))   cost \(value.cost.decimals(7)) USD"
      }
    }
    return (["True value for an outcome"] + lines).joined(separator: "\n")
  }
}
