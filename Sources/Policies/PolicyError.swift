/// Why a policy or its version could not be read.
public enum PolicyError: Error, Equatable, CustomStringConvertible {
  /// A cell's name has not the three parts `task:tenant:band`.
  case badCell(String)
  /// A version is not `MAJOR.MINOR.PATCH+hash8`.
  case badVersion(String)

  /// A text is not a policy's JSON.
  case badJSON(String)

  /// One sentence that names what was read.
  public var description: String {
    switch self {
    case .badCell(let name): "the cell \(name.debugDescription) is not task:tenant:band"
    case .badJSON(let what): "the text is no policy: \(what)"
    case .badVersion(let text): "the policy version \(text.debugDescription) is not MAJOR.MINOR.PATCH+hash"
    }
  }
}
