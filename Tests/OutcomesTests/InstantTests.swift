import Outcomes
import Testing

@Suite struct InstantTests {
  @Test(
    "an instant is read from ISO 8601 as databases and programs write it",
    arguments: [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
      ("2026-01-31T12:00:00.123Z", "2026-01-31T12:00:00.123000Z"),
      ("2026-01-31 12:00:00.123456+02", "2026-01-31T10:00:00.123456Z"),
      ("2026-01-31T12:00:00-05:30", "2026-01-31T17:30:00.000000Z"),
      ("2024-02-29T23:59:59.9999999+0000", "2024-02-29T23:59:59.999999Z"),
      ("2026-03-01", "2026-03-01T00:00:00.000000Z"), ("2000-02-29", "2000-02-29T00:00:00.000000Z"),
      ("0001-01-01", "0001-01-01T00:00:00.000000Z"),
      ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000Z"), ("2000-12-31T10:15", "2000-12-31T10:15:00.000000Z"),
    ])
  func reads(text: String, expected: String) {
    #expect(Instant(ArraySlice(text.utf8))?.description == expected)
  }

  @Test(
    "what is no instant is none",
    arguments: [
      "", "now", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01x", "01/02/2026", "2026-02-31", "2026-04-31",
      "2025-02-29", "2100-02-29", "1900-02-29", "2026-01-00", "2026-00-01", "2026-01-01T23:59:60Z",
      "2026-01-01T24:00:00Z", "2026-01-01T12:60:00Z", "2026-01-01T12:00:00.Z", "2026-01-01T12:00:00+24:00",
      "2026-01-01T12:00:00+01:60", "2026-01-01T12:00:00+1", "0000-12-31", "10000-01-01", "-001-01-01",
      "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01", "infinity", "+2026-01-01", "2026-1-1",
    ])
  func refuses(text: String) {
    #expect(Instant(ArraySlice(text.utf8)) == nil)
  }

  @Test("earlier is less, across the epoch and leap days")
  func order() {
    let texts = ["1969-12-31", "1970-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2100-03-01"]
    let instants = texts.compactMap { Instant(ArraySlice($0.utf8)) }
    #expect(instants.count == texts.count && instants == instants.sorted())
    #expect(instants[4].microseconds - instants[2].microseconds == 2 * 86_400_000_000)
  }
}
