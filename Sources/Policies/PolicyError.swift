/// Why a policy or its version could not be read.
public enum PolicyError: Error, Equatable, CustomStringConvertible {
  /// A cell's name has not the three parts `task:tenant:band`.
  case badCell(String)
  /// A version is not `MAJOR.MINOR.PATCH+hash8`.
  case badVersion(String)

  /// A text is not a policy's JSON.
  case badJSON(String)
  /// A policy has another hash than its version says.
  case otherHash(String, version: String)

  /// `per_cell` is not of the policy that is kept beside it.
  case otherTable

  /// One sentence that names what was read.
  public var description: String {
    switch self {
    case .badCell(let name): "the cell \(name.debugDescription) is not task:tenant:band"
    case .badJSON(let what): "the text is no policy: \(what)"
    case .otherHash(let hash, let version): "the table has the hash \(hash), and its version is \(version)"
    case .otherTable: "per_cell is not the table of the policy that is kept beside it"
    case .badVersion(let text):
      "the policy version \(text.debugDescription) is not MAJOR.MINOR.PATCH and eight hex digits"
    }
  }
}
