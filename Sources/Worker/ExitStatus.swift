/// How a run ends, for the shell.
public enum ExitStatus: Int32, Sendable {
  /// The run ended, promoted or held.
  case ended = 0
  /// Held, where the caller asked that to fail.
  case held = 2
  /// The command line is wrong.
  case usage = 64
  /// Data cannot be read.
  case badData = 65
  /// The database is out of reach.
  case unreachable = 69
  /// A bug of ours.
  case bug = 70
  /// What the command prints or writes could not be written.
  case output = 74
  /// Something stood in the way that may be gone later.
  case tryAgain = 75
  /// The answer to COMMIT was lost and could not be found out.
  case commitUnknown = 76
  /// A privilege is missing.
  case privilege = 77
  /// Settings or schema are wrong.
  case settings = 78
}
