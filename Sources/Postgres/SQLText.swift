/// Quotes names and values for SQL where a statement cannot take parameters, as COPY cannot.
public enum SQLText {
  /// A quoted identifier. A quote is doubled also where a combining mark follows it, for the server reads bytes.
  public static func identifier(_ name: String) -> String {
    "\"" + doubling(["\""], in: name) + "\""
  }

  /// A quoted name of a table in a schema.
  public static func table(_ name: String, schema: String) -> String {
    identifier(schema) + "." + identifier(name)
  }

  /// A quoted string constant that reads the same whatever `standard_conforming_strings` says.
  public static func literal(_ text: String) -> String {
    "E'" + doubling(["'", "\\"], in: text) + "'"
  }

  private static func doubling(_ doubled: Set<Unicode.Scalar>, in text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if doubled.contains(scalar) { result.append(scalar) }
      result.append(scalar)
    }
    return String(result)
  }
}
