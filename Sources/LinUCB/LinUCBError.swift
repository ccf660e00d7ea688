public import LinearAlgebra
internal import Outcomes

/// Why an arm could not be fitted.
public enum LinUCBError: Error, Equatable, CustomStringConvertible {
  /// The algebra of the named arm failed.
  case algebra(arm: String, LinearAlgebraError)
  /// A sum of the named arm is a NaN or an infinity.
  case notFinite(arm: String, quantity: String, value: String)

  /// One sentence that names the arm and the number.
  public var description: String {
    switch self {
    case .algebra(let arm, let error): "arm \(arm.shortened()): \(error)"
    case .notFinite(let arm, let quantity, let value): "arm \(arm.shortened()): \(quantity) is \(value)"
    }
  }
}
