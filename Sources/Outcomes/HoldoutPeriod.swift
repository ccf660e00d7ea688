/// The parts of the holdout in time, by the number of its rows, that are looked at apart: thirds, and the newest sixth and
/// twelfth, for what went wrong lately is what the next night meets.
public enum HoldoutPeriod {
  /// Where a new period begins, as a share of the holdout's rows.
  public static let starts: [Double] = [1.0 / 3, 2.0 / 3, 5.0 / 6, 11.0 / 12]

  /// The first period of the newest sixth.
  public static let newestSixth = 3

  /// How many periods there are.
  public static let count = starts.count + 1

  /// The number of holdout rows before each start.
  public static func offsets(rows: Int) -> [Int] { starts.map { Int(($0 * Double(rows)).rounded(.down)) } }

  /// The period of a row with this many holdout rows before it.
  public static func period(of place: Int, rows: Int) -> Int { offsets(rows: rows).count { place >= $0 } }
}
