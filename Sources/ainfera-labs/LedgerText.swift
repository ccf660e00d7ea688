import Foundation
import Gateway
import Outcomes
import Policies

/// The ledger for a terminal, and a run with its table as JSON.
enum LedgerText {
  static func list(_ runs: [LedgerEntry]) -> String {
    guard !runs.isEmpty else { return "no runs" }
    let lines = runs.map { run in
      let verdict = padded(headline(run), 13)
      let done = run.deltaDoneRate?.signedDecimals(4) ?? "      -"
      let cost = run.deltaCostUsd?.signedDecimals(7) ?? "         -"
      return StandardError.escaped(
        "\(run.runAt)  \(verdict)  \(padded(run.cadence, 6))  \(padded(run.policyVersionTo, 16))  done \(done)  "
          + "cost \(cost)  \(plainReason(run).prefix(80))")
    }
    return lines.joined(separator: "\n")
  }

  /// What became of a run; of a shadow run what would have become of it.
  private static func headline(_ run: LedgerEntry) -> String {
    if run.promoted { return "PROMOTE" }
    return run.promoteReason.hasPrefix("would promote: ")
      ? "WOULD PROMOTE" : run.promoteReason.hasPrefix("would hold: ") ? "WOULD HOLD" : "HOLD"
  }

  private static func plainReason(_ run: LedgerEntry) -> Substring {
    for prefix in ["would promote: ", "would hold: "] where run.promoteReason.hasPrefix(prefix) {
      return run.promoteReason.dropFirst(prefix.count)
    }
    return run.promoteReason[...]
  }

  static func policy(_ found: LedgerPolicy) -> String {
    let (entry, table) = (found.entry, found.policy)
    let picks = Dictionary(grouping: table.cells.indices) { table.pick(at: $0) ?? "none" }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let largest = table.cells.indices.sorted { table.count(at: $0) > table.count(at: $1) }.prefix(20)
    let kept = found.isWhole ? "" : "changed "
    let width = largest.map { table.cells[$0].description.count }.max() ?? 0
    var lines = [
      "\(entry.policyVersionTo)  \(entry.promoted ? "promoted" : "held") \(entry.runAt)  \(entry.cadence)",
      "  run      \(entry.id)", "  from     \(entry.policyVersionFrom)", "  reason   \(entry.promoteReason)",
      "  judges   \(entry.judgeModel), \(entry.outcomesJudged) outcomes",
      "  ruleset  \(entry.rulesetHash), exploration \((100 * entry.explorationFloor).decimals(1)) %", "",
      "Picks by model (\(kept)cells)",
    ]
    lines += picks.map { "  \(padded($0.key, 32))\($0.value.count)" }
    lines += ["", "Largest \(kept)cells (training rows, pick, its quality)"]
    lines += largest.map { index in
      let row = table.row(at: index)
      let quality = row.pick.flatMap { table.entry(row, model: $0)?.quality.decimals(3) } ?? "-"
      return "  \(padded(table.cells[index].description, width))  \(row.count)  \(row.pick ?? "none") \(quality)"
    }
    return lines.map { StandardError.escaped($0) }.joined(separator: "\n")
  }

  static func json(_ found: LedgerPolicy) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let row = String(decoding: try encoder.encode(found.entry), as: UTF8.self)
    let isPart = found.isWhole && !LedgerTable.isKeptWhole(found.policy)
    let policy = isPart ? ",\"policy\":" + String(decoding: found.policy.canonicalJSON, as: UTF8.self) : ""
    return "\(row.dropLast()),\"per_cell\":\(found.perCell)\(policy)}"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}
