/// What no text of a public tree may hold, whatever its format.
enum CommonRules {
  static func flaws(in bytes: ArraySlice<UInt8>, isConfiguration: Bool) -> [Flaw] {
    IdentifierRule.flaws(in: bytes) + SecretRule.flaws(in: bytes, isConfiguration: isConfiguration)
      + EncodedDataRule.flaws(in: bytes)
  }
}
