internal import FoundationEssentials
internal import LinearAlgebra
internal import Replay
internal import Reports

/// The evidence of a run, as `training_runs.evaluation` keeps it.
struct Evaluation: Encodable {
  let alpha: Double
  let attempt: Int
  let blas = OpenBLAS.configuration
  /// Whether this run was a try, whose evidence was looked at and which spent error.
  let evidenceLookedAt: Bool
  let checks: [GateCheck]
  let replay: ReplayReport

  /// The evidence as JSON.
  /// - Throws: `EncodingError` where a number is not finite.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    return Array(try encoder.encode(self))
  }
}
