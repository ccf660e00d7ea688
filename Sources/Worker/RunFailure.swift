internal import Gateway
internal import LinUCB
internal import Outcomes
internal import Postgres

/// Why a run ended without a verdict: one line, and the exit status.
public struct RunFailure: Error, CustomStringConvertible {
  /// The exit status.
  public let status: ExitStatus
  /// One line: what, where, what to do.
  public let description: String

  /// The most characters of the line, for it may name what data name.
  private static let longest = 4000

  /// Makes a failure.
  public init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description.shortened(to: RunFailure.longest)
  }

  /// Classifies any error that a run can meet.
  public init(_ error: any Error) {
    switch error {
    case let failure as RunFailure: self = failure
    case let error as PostgresError: self.init(postgres: error)
    case let error as GatewayError: self.init(gateway: error)
    case let error as LinUCBError: self.init(.badData, "the fit failed: \(error)")
    case let error as SettingsError: self.init(.settings, "\(error)")
    default: self.init(.bug, "unexpected: \(error)")
    }
  }

  private init(gateway error: GatewayError) {
    let status: ExitStatus =
      switch error {
      case .missingGrants, .hiddenRows: .privilege
      case .schema: .settings
      case .busy, .locked, .readOnlyServer, .writesRefused: .tryAgain
      case .unreadablePolicy, .badRows: .badData
      case .commitUnknown: .commitUnknown
      }
    self.init(status, "\(error)")
  }

  /// Whether the server refused the row of the ledger, or the tenants' version: at once or, of what is deferred, at COMMIT.
  private static func isOfWrite(_ error: PostgresError) -> Bool {
    error.kind == .statement && ["INSERT", "UPDATE", "COMMIT"].contains { error.statement?.hasPrefix($0) == true }
  }

  private init(postgres error: PostgresError) {
    let state = error.kind == .commitUnknown ? "" : error.sqlState ?? ""
    switch state {
    case "42501", "28000", "28P01", "3D000":
      self.init(.privilege, "the server refuses: \(error); check the role, its grants and pg_hba.conf")
    case "42P01", "42703", "42804", "3F000":
      self.init(.settings, "the schema is not the gateway's: \(error)")
    case "25006": self.init(.tryAgain, "the server takes no writes: \(error); connect to the primary")
    case "53100", "53400", "53200", "53300", "55P03", "57014", "57P03", "40001", "40P01", "57P01", "57P02", "25P03":
      self.init(.tryAgain, "the server could not go on: \(error); run again later")
    case let state where RunFailure.isOfWrite(error) && !state.isEmpty:
      self.init(
        .settings,
        "the database refuses what the run writes: \(error); look at the constraints of the table and the triggers that `doctor` names"
      )
    default:
      switch error.kind {
      case .target: self.init(.settings, "\(error); correct LABS_DATABASE_URL")
      case .connect: self.init(.unreachable, "the database is out of reach: \(error); check the address and the server")
      case .encryption:
        self.init(.unreachable, "the connection cannot be encrypted: \(error); check sslmode and sslrootcert")
      case .transactionRefused:
        self.init(
          .settings,
          "the server takes no transactions: \(error); a pooler in statement mode cannot be used, connect to one in "
            + "session or transaction mode, or to the server itself")
      case .connectionLost: self.init(.tryAgain, "the connection was lost: \(error); run again later")
      case .commitUnknown: self.init(.commitUnknown, "the answer to COMMIT was lost: \(error)")
      case .malformedRow, .badRow: self.init(.badData, "\(error)")
      case .statement:
        if state.hasPrefix("22") {
          self.init(.badData, "a value in the tables cannot be read: \(error); correct it, or leave its row out")
        } else {
          self.init(.bug, "a statement failed: \(error)")
        }
      }
    }
  }
}
