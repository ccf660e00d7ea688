public import Policies

extension DatasetFile {
  /// Reads the artifact of a policy, in parts.
  /// - Throws: `RunFailure` with status 65.
  public static func policy(_ path: String) throws(RunFailure) -> Policy {
    do {
      let next = try chunks(of: path)
      var loader = PolicyLoader()
      while let chunk = try next(), !chunk.isEmpty { try loader.append(chunk) }
      return try loader.finish()
    } catch let failure as RunFailure {
      throw failure
    } catch {
      throw RunFailure(.badData, "\(path) is not the artifact of a policy: \(error)")
    }
  }
}
