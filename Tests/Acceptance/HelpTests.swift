import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct HelpTests {
  private static let commands = [
    "train", "doctor", "history", "show", "rollback", "resume", "settings", "replay", "simulate", "value", "research",
    "report", "check-public",
  ]

  @Test("each command is named once, and has help of its own")
  func commands() throws {
    let help = try Program(["--help"])
    let list = help.output.split(separator: "SUBCOMMANDS:").last ?? ""
    let names = list.split(separator: "\n").filter { $0.hasPrefix("  ") && $0.dropFirst(2).first != " " }
      .compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 != "See" }
    #expect(names == HelpTests.commands)
    for name in names {
      let own = try Program([name, "--help"])
      #expect(own.status == 0 && own.errors == "" && own.output.contains("USAGE: ainfera-labs \(name)"), "\(name)")
    }
  }

  @Test(
    "what is no command or option is status 64",
    arguments: [["trian"], ["train", "--cadense", "daily"], ["check-public"]])
  func usage(arguments: [String]) throws {
    let refused = try Program(arguments)
    #expect(refused.status == 64 && refused.output == "" && refused.errors.hasPrefix("Error: "))
  }
}
