import ArgumentParser

@main
struct AinferaLabs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ainfera-labs",
    abstract: "The offline training worker of an AI gateway that routes calls among language models.",
    discussion: """
      Results go to standard output, progress and logs to standard error.

      Exit status: 0 the run ended, promoted or held; 2 held, with --fail-on-hold; 64 usage; 65 bad data; \
      69 database out of reach; 70 a bug of ours; 75 try again later; 76 the answer to COMMIT was lost; \
      77 a missing grant; 78 bad settings.
      """,
    subcommands: [
      Train.self, DoctorCommand.self, History.self, Show.self, Rollback.self, ResumeCommand.self,
      SettingsCommand.self, Replay.self,
      Simulate.self, Value.self, ResearchCommand.self, ReportCommand.self, CheckPublicCommand.self,
    ])
}
