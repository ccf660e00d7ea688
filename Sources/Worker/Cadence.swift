/// Why a run takes place.
public enum Cadence: String, Sendable, CaseIterable {
  /// By schedule.
  case daily
  /// By hand.
  case manual
  /// By hand, evaluated and recorded, never promoted.
  case shadow
}
