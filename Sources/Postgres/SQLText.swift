/// Quotes names and values for SQL where a statement cannot take parameters, as COPY cannot.
public enum SQLText {
  /// A quoted identifier.
  public static func identifier(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A quoted name of a table in a schema.
  public static func table(_ name: String, schema: String) -> String {
    identifier(schema) + "." + identifier(name)
  }

  /// A quoted string constant that reads the same whatever `standard_conforming_strings` says.
  public static func literal(_ text: String) -> String {
    var result = "E'"
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" { result.unicodeScalars.append(scalar) }
      result.unicodeScalars.append(scalar)
    }
    return result + "'"
  }
}
