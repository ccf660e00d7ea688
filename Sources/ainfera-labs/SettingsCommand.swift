import ArgumentParser
import Foundation
import Postgres
import Reports
import Worker

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Print the settings in force and where each came from, secrets masked.")

  @OptionGroup var database: DatabaseOptions

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  private struct Listing: Encodable {
    let database: String
    let databaseOrigin: String
    let settings: [SettingsListing.Entry]
    let rulesetHash: String
  }

  func run() throws {
    do {
      let path = database.settings
      let listing = try SettingsListing(SettingsOption.read(path), path: path)
      let (target, origin) = databaseTarget
      let all = Listing(
        database: target, databaseOrigin: origin, settings: listing.settings, rulesetHash: listing.rulesetHash)
      try StandardOutput.print(format == .json ? JSONReport.text(all) : text(all))
    } catch {
      StandardError.fail(RunFailure(error))
    }
  }

  private var databaseTarget: (target: String, origin: String) {
    let target = database.target
    let masked = target.maskedTarget ?? "an address that libpq cannot read"
    if database.database != nil { return (masked, "--database") }
    if target.target != nil { return (masked, "LABS_DATABASE_URL") }
    let names = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGPASSFILE", "PGSSLMODE"]
    let environment = ProcessInfo.processInfo.environment
    let set = names.compactMap { name in environment[name].map { "\(name)=\($0)" } }
    return (set.joined(separator: " "), set.isEmpty ? "libpq's defaults" : "libpq's environment")
  }

  private func text(_ listing: Listing) -> String {
    let width = (listing.settings.map(\.key.count).max() ?? 0) + 2
    func line(_ key: String, _ value: String, _ origin: String) -> String {
      StandardError.escaped(key + String(repeating: " ", count: max(width - key.count, 1)) + "\(value)  (\(origin))")
    }
    return
      ([line("database", listing.database, listing.databaseOrigin)]
      + listing.settings.map { line($0.key, $0.value, $0.origin) } + ["ruleset " + listing.rulesetHash])
      .joined(separator: "\n")
  }
}
