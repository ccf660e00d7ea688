/// An instant to the microsecond.
public struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public let microseconds: Int64

  /// Makes an instant.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Reads ISO 8601 as PostgreSQL and most others write it: `2026-01-31T12:00:00.123Z`, with a space for the T, with an
  /// offset (`+02`, `+02:00`, `+0200`) for the Z, or without either, which is UTC; nil for anything else.
  ///
  /// The day must be one of the calendar and the year, in UTC, from 1 to 9999. A leap second, `23:59:60`, is not read:
  /// PostgreSQL does not store one.
  public init?(_ text: ArraySlice<UInt8>) {
    var reader = Reader(text: text)
    guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
      reader.skip("-"), let day = reader.number(digits: 2), (1...12).contains(month),
      (1...Instant.days(in: month, of: year)).contains(day)
    else { return nil }
    var seconds = Instant.days(year: year, month: month, day: day) * 86_400
    var fraction: Int64 = 0
    if reader.skip("T") || reader.skip(" ") || reader.skip("t") {
      guard let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
        hour < 24, minute < 60
      else { return nil }
      var second: Int64 = 0
      if reader.skip(":") {
        guard let read = reader.number(digits: 2), read < 60 else { return nil }
        second = read
        if reader.skip(".") {
          guard let read = reader.microseconds() else { return nil }
          fraction = read
        }
      }
      seconds += hour * 3600 + minute * 60 + second
      guard let offset = reader.offset() else { return nil }
      seconds -= offset
    }
    guard reader.isAtEnd, Instant.readableSeconds.contains(seconds) else { return nil }
    self.init(microseconds: seconds * 1_000_000 + fraction)
  }

  /// The seconds since 1970 of the years 1 to 9999, whose texts sort as the instants do.
  private static let readableSeconds: Range<Int64> = {
    let days = [1, 10_000].map { Instant.days(year: $0, month: 1, day: 1) }
    return days[0] * 86_400..<days[1] * 86_400
  }()

  /// How many days a month has in the proleptic Gregorian calendar.
  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant 2013, days_from_civil).
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Whether the first is earlier.
  public static func < (first: Instant, second: Instant) -> Bool { first.microseconds < second.microseconds }

  /// ISO 8601 in UTC: `2026-01-31T12:00:00.123000Z`.
  public var description: String {
    let (days, microsecond) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
    let (day, rest) = microsecond < 0 ? (days - 1, microsecond + 86_400_000_000) : (days, microsecond)
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(width - text.count, 0)) + text
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2))"
    let seconds = rest / 1_000_000
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(date)T\(clock).\(padded(rest % 1_000_000, 6))Z"
  }
}

extension Instant {
  private struct Reader {
    var text: ArraySlice<UInt8>

    var isAtEnd: Bool { text.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard text.first == UInt8(ascii: character) else { return false }
      text.removeFirst()
      return true
    }

    private mutating func digit() -> Int64? {
      guard let byte = text.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      text.removeFirst()
      return Int64(byte - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int64? {
      var result: Int64 = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        result = result * 10 + digit
      }
      return result
    }

    /// The digits after the point, of which more than six are cut off; nil where there is none.
    mutating func microseconds() -> Int64? {
      guard var result = digit().map({ $0 * 100_000 }) else { return nil }
      var unit: Int64 = 10_000
      while let digit = digit() {
        result += digit * unit
        unit /= 10
      }
      return result
    }

    /// Seconds east of Greenwich; 0 where none is written, nil where it cannot be read.
    mutating func offset() -> Int64? {
      if isAtEnd || skip("Z") || skip("z") { return 0 }
      let sign: Int64
      if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
      guard let hours = number(digits: 2), hours < 24 else { return nil }
      if isAtEnd { return sign * hours * 3600 }
      _ = skip(":")
      guard let minutes = number(digits: 2), minutes < 60 else { return nil }
      return sign * (hours * 3600 + minutes * 60)
    }
  }
}
