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
      ("2026-03-01", "2026-03-01T00:00:00.000000Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000Z"), ("2000-12-31T10:15", "2000-12-31T10:15:00.000000Z"),
    ])
  func reads(text: String, expected: String) {
    #expect(Instant(ArraySlice(text.utf8))?.description == expected)
  }

  @Test(
    "what is no instant is none",
    arguments: ["", "now", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01x", "01/02/2026"])
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
