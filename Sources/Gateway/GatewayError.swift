/// Why the gateway's database cannot be worked with as it is.
public enum GatewayError: Error, Equatable, CustomStringConvertible {
  /// Privileges are missing; each statement would grant one.
  case missingGrants(role: String, statements: [String])
  /// Row-level security would hide rows without a word; each cure is for a table.
  case hiddenRows(role: String, cures: [Cure])
  /// A table is missing, or a column, or has another type than expected.
  case schema([String])
  /// Another run reads.
  case busy
  /// A lock of the ledger's transaction was not got within the retry time; each holder is a session in words.
  case locked(String, holders: [String])
  /// A policy of the ledger cannot be read back, or is not the one that its version names.
  case unreadablePolicy(run: String, reason: String, cure: String)
  /// The answer to COMMIT was lost and could not be found out.
  case commitUnknown(run: String)
  /// The server takes no writes.
  case readOnlyServer
  /// The server would take no writes from this session, which was found out before anything was read.
  case writesRefused(WriteRefusal)
  /// Rows hold what cannot be read as an outcome.
  case badRows(String)

  /// One line: what, where, what to do.
  public var description: String {
    switch self {
    case .missingGrants(let role, let statements):
      "role \(role) lacks privileges; as the owner run: " + statements.joined(separator: "; ")
    case .hiddenRows(let role, let cures):
      "row-level security hides rows from role \(role)" + GatewayError.list(cures)
    case .schema(let faults): "the schema is not the gateway's: " + faults.joined(separator: "; ")
    case .busy: "another run holds the lock of a run; try again when it has ended"
    case .locked(let what, let holders):
      what + (holders.isEmpty ? "" : ": " + holders.joined(separator: ", "))
        + "; nothing was recorded; try again when it has ended"
    case .unreadablePolicy(let run, let reason, let cure):
      "the policy of training run \(run) cannot be trusted: \(reason); \(cure)"
    case .commitUnknown(let run):
      "the answer to COMMIT was lost; look whether training_runs has id \(run) before the next run"
    case .readOnlyServer: "the server takes no writes (a standby?); connect to the primary"
    case .writesRefused(let refusal):
      "the server takes no writes: \(refusal.reason)" + GatewayError.list([refusal.cure])
    case .badRows(let what): what
    }
  }

  /// Advice first, so that what follows `run:` can be pasted to the end of the line.
  private static func list(_ cures: [Cure]) -> String {
    let statements = cures.compactMap(\.statement)
    let advice = cures.compactMap(\.advice).map { "; \($0)" }.joined()
    return advice + (statements.isEmpty ? "" : "; as the owner run: " + statements.joined(separator: "; "))
  }
}
