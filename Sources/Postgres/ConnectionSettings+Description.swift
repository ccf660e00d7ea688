extension ConnectionSettings {
  /// What the target says as `keyword=value`, with secrets masked; nil where it cannot be read as a target.
  public var maskedTarget: String? {
    guard let target else { return "" }
    return ConnectionTarget(target)?.masked
  }
}
