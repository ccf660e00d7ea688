import Policies
import Testing

@Suite struct PolicyVersionTests {
  @Test("a promotion raises the part that its change asks for")
  func next() throws {
    let version = try PolicyVersion("1.2.3+0123abcd")
    #expect(version.next(.table, hash: "ff").description == "1.2.4+ff")
    #expect(version.next(.features, hash: "ff").description == "1.3.0+ff")
    #expect(version.next(.decisionRule, hash: "ff").description == "2.0.0+ff")
  }

  @Test(
    "a text that is no version is refused",
    arguments: [
      "", "1.2+0123abcd", "1.2.3", "1.2.x+0123abcd", "1.2.3+", "1.2.3+0123abcd+b", "1.2.3+0123abc", "1.2.3+0123ABCD",
      "01.2.3+0123abcd", "1.2.+3+0123abcd", "1.2.-3+0123abcd", "1.2.9223372036854775807+0123abcd",
      "1.2.92233720368547758070+0123abcd",
      "1.9223372036854775807.3+0123abcd", "9223372036854775807.2.3+0123abcd",
    ])
  func refuses(text: String) {
    #expect(throws: PolicyError.badVersion(text)) { try PolicyVersion(text) }
  }
}
