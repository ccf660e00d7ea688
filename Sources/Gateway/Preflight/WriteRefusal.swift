public import Postgres

/// Why the server would refuse the ledger's transaction, found out before anything is read.
public struct WriteRefusal: Sendable, Equatable {
  /// What stands in the way.
  public let reason: String
  /// What to do about it.
  public let cure: Cure

  /// Looks for a refusal; nil where the server takes writes from this session.
  /// - Throws: `PostgresError`.
  public static func find(_ connection: borrowing Connection) throws(PostgresError) -> WriteRefusal? {
    let row = try connection.query(
      """
      SELECT pg_is_in_recovery(), setting = 'on', source, session_user, current_database(), \
      EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.datname = current_database() \
      WHERE s.setrole = 0 AND s.setdatabase IN (0, d.oid) AND 'default_transaction_read_only=on' = ANY (s.setconfig)) \
      FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'
      """
    ).rows.first
    guard let row else { return nil }
    if row[0] == "t" {
      return WriteRefusal(
        reason: "it is a standby",
        cure: .advice("connect to the primary, for example with target_session_attrs=read-write in the address"))
    }
    guard row[1] == "t" else { return nil }
    let (user, database) = (row[3] ?? "", row[4] ?? "")
    let setting = "SET default_transaction_read_only = off"
    switch row[5] == "t" && row[2] != "client" ? nil : row[2] {
    case "user":
      return WriteRefusal(
        reason: "transactions of role \(user) are read-only by default",
        cure: .statement("ALTER ROLE \(SQLText.identifier(user)) \(setting)"))
    case "database user":
      return WriteRefusal(
        reason: "transactions of role \(user) in database \(database) are read-only by default",
        cure: .statement(
          "ALTER ROLE \(SQLText.identifier(user)) IN DATABASE \(SQLText.identifier(database)) \(setting)"))
    case "client":
      return WriteRefusal(
        reason: "this connection asks for read-only transactions",
        cure: .advice("take default_transaction_read_only out of PGOPTIONS or of the address"))
    default:
      return WriteRefusal(
        reason: "transactions of all roles in database \(database) are read-only by default",
        cure: .advice(
          "find out who set default_transaction_read_only, and why, before anybody changes it: a full disk and "
            + "maintenance are usual reasons"))
    }
  }
}
