import Foundation
import Postgres
import TestSupport
import Testing

/// The three hundred nights of the full form take longer than any other test may.
@Suite(.blocking, .timeLimit(.minutes(180))) struct ManyNightsTests {
  @Test("night after night on a growing log memory stays flat and nothing is left open")
  func manyNights() async throws {
    struct Usage: Decodable {
      let peak_resident_bytes: Int
    }

    let night = try Night()
    let owner = try night.owner()
    var peaks: [Int] = []
    for _ in 0..<(Scale.isFull ? 300 : 4) {
      try owner.query(
        "INSERT INTO routing_outcomes SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), "
          + "'created_at', now() - random() * interval '1 day'))).* FROM routing_outcomes o ORDER BY o.id LIMIT 500")
      let program = try night.train()
      #expect(program.status == 0)
      peaks.append(try JSONDecoder().decode(Usage.self, from: Data(program.output.utf8)).peak_resident_bytes)
    }
    #expect((peaks.max() ?? 0) < 64 << 20, "\(peaks)")
    #expect(
      try night.wait(
        until: "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'ainfera_labs'", is: "0"))
    #expect(try night.isConsistent())
  }
}
