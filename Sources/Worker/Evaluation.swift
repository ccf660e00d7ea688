internal import FoundationEssentials
internal import LinearAlgebra
internal import Replay

/// The evidence of a run, as `training_runs.evaluation` keeps it.
struct Evaluation {
  private struct Document: Encodable {
    let alpha: Double
    let attempt: Int
    let blas: String
    let checks: [GateCheck]
    let lift: [String: [String: Double]]
  }

  let gate: Gate
  let checks: [GateCheck]
  let attempt: Int

  var json: [UInt8] {
    let lifts = Quantity.allCases.map { quantity in
      let lift = gate.lift(quantity)
      return (
        quantity.name,
        ["mean": lift.mean, "standard_error": lift.standardError, "lower": lift.lower, "upper": lift.upper]
          .filter { $0.value.isFinite }
      )
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let document = Document(
      alpha: gate.alpha, attempt: attempt, blas: OpenBLAS.configuration, checks: checks,
      lift: Dictionary(uniqueKeysWithValues: lifts))
    return Array((try? encoder.encode(document)) ?? Data("{}".utf8))
  }
}
