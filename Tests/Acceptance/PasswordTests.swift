import Foundation
import Postgres
import TestSupport
import Testing

/// A password in an address, right or mistyped, is in no output.
@Suite(.blocking, .timeLimit(.minutes(30))) struct PasswordTests {
  /// Addresses with a secret of which each part stands where a hasty hand may put it.
  private static let mistyped = [
    "host=127.0.0.1 port=1 sslmode=require;password=s3cret", "host=127.0.0.1 port=1 user=u,password=s3cret",
    "service='x password=s3cret'", "host=127.0.0.1 port=1 application_name='x; Password: s3cret'",
    "postgres://u%3As3cret@127.0.0.1:1/db",
    "postgresql://labs:s3cret@s3cret@127.0.0.1/x", "postgresql://labs:s3cret/s3cret@127.0.0.1/x",
    "postgresql://labs:pa@s3cret/word@127.0.0.1/x", "postgresql://labs:pa/s3cret@127.0.0.1/x",
    "postgresql://labs:12/s3cret@127.0.0.1/x",
    "postgresql://labs:s3cret", "postgresql://labs:s3cret/x", "postgresql://labs:s3cret:127.0.0.1/x",
    "postgresql://labs@s3cret@127.0.0.1/x", "postgresql://labs/s3cret@127.0.0.1/x",
    "postgresql://labs:s3cret:s3cret@127.0.0.1/x", "postgresql://labs;s3cret@127.0.0.1/x",
    "postgresql://labs s3cret@127.0.0.1/x",
    "postgresql://labs:s3cret%zz@127.0.0.1/x", "postgresql://labs:s3cret%@127.0.0.1/x",
    "postgresql://labs:s3cret@[127.0.0.1/x", "postgresql://labs:[s3cret@127.0.0.1/x",
    "postgresql://labs:?s3cret/s3cret@127.0.0.1/x", "postgresql://labs:#s3cret/@127.0.0.1/x",
    "postgresql:/labs:s3cret@127.0.0.1/x", "postgresql:labs:s3cret@127.0.0.1/x",
    "postgres//labs:s3cret@127.0.0.1/x", "postgre://labs:s3cret@127.0.0.1/x", "http://labs:s3cret@127.0.0.1/x",
    "labs:s3cret@127.0.0.1/x", "jdbc:postgresql://127.0.0.1/x?user=labs&password=s3cret",
    "postgresql://127.0.0.1/x?user=labs&passwort=s3cret", "postgresql://127.0.0.1/x?password=s3&cret=s3cret",
    "host=127.0.0.1 user=labs password=pa s3cret dbname=x", "host=127.0.0.1 user=labs password='s3cret dbname=x",
    "host=127.0.0.1 user=labs passwd=s3cret", "host=127.0.0.1;user=labs;password=s3cret",
    "postgresql://s3cret:labs@127.0.0.1:1/x", "postgresql://labs:x@s3cret/x", "postgresql://labs:x@127.0.0.1:1/s3cret",
    "postgresql://labs:s3cret@127.0.0.1:99999/x", "postgresql://labs:s3cret@127.0.0.1:1/x?sslmode=nonsense",
    "postgresql://labs:s3cret@127.0.0.1:1,db:s3cret/x", "\"postgresql://labs:s3cret@127.0.0.1:1/x\"",
    " postgresql://labs:s3cret@127.0.0.1:1/x",
  ]

  @Test("no piece of a mistyped address is in any output, file or message")
  func mistypedAddresses() throws {
    let folder = try TemporaryFolder()
    let (told, metrics) = (folder.url.path + "/told", folder.url.path + "/labs.prom")
    for address in PasswordTests.mistyped {
      for arguments in [
        [
          "train", "--cadence", "daily", "--log-level", "trace", "--on-result", "cat >'\(told)'; env >>'\(told)'",
          "--metrics-file", metrics,
        ], ["doctor"], ["history", "--log-format", "json"], ["report", "--ledger", "--out", "x"],
      ] {
        let program = try Program(
          arguments + ["--connect-retry-seconds", "0.1"],
          environment: ["LABS_DATABASE_URL": address, "PATH": "/usr/bin:/bin"])
        #expect(program.status != 0)
        let all = program.output + program.errors
        #expect(!all.contains("s3cret"), "\(address): \(all)")
      }
      for file in [told, metrics] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains("s3cret"), "\(address): \(text)")
      }
    }
  }

  @Test("an address that cannot be read is status 78 at once, with what to write instead")
  func unreadable() throws {
    for address in PasswordTests.mistyped.prefix(10) {
      let program = try Program(["train", "--cadence", "daily"], environment: ["LABS_DATABASE_URL": address])
      #expect(program.status == 78 && program.errors.contains("%40"), "\(address): \(program.errors)")
      #expect(program.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("libpq's own variables that hold a piece of an address are not shown either")
  func environment() throws {
    let server = try TestServer.shared.get()
    for variables in [
      ["PGHOST": "labs:s3cret@db"], ["PGHOST": "s3cret:x"],
      ["PGSERVICE": "postgresql://labs:s3cret@db/x"], ["PGPORT": "s3cret"], ["PGPORT": "1s3cret"],
      ["PGHOST": server.socket, "PGDATABASE": "postgresql://labs:s3cret@db/x", "PGUSER": "ainfera_labs"],
      ["PGHOST": server.socket, "PGDATABASE": "postgres", "PGUSER": "labs:s3cret"],
    ] {
      let program = try Program(["history", "--connect-retry-seconds", "0"], environment: variables)
      #expect(program.status != 0 && !program.errors.contains("s3cret"), "\(variables): \(program.errors)")
    }
  }

  @Test("a password on the command line is status 64 with where to put it, and is not repeated")
  func commandLine() throws {
    let ways = [
      "postgresql://labs:s3cret@db/x", "postgresql://db/x?password=s3cret", "host=db password=s3cret",
      "postgresql://db/x?sslpassword=s3cret", "host=db sslpassword='s3cret'", "postgres://labs:%73s3cret@db/x",
    ]
    for address in ways {
      for arguments in [
        ["train", "--cadence", "daily", "--database", address], ["history", "--database=\(address)"],
        ["doctor", "--log-format", "json", "--database", address], ["settings", "--database", address],
      ] {
        let program = try Program(arguments)
        #expect(program.status == 64 && program.output == "", "\(arguments)")
        #expect(program.errors.contains("PGPASSFILE") && program.errors.contains("LABS_DATABASE_URL"))
        #expect(!program.errors.contains("s3cret"), "\(program.errors)")
      }
    }
    for address in PasswordTests.mistyped.prefix(10) {
      let program = try Program(["history", "--database", address])
      #expect(program.status == 64 && !program.errors.contains("s3cret"), "\(program.errors)")
    }
  }

  @Test("a mistyped option does not show the address or the password that it was given")
  func mistypedOptions() throws {
    let address = "postgresql://labs:s3cret@db/x"
    for arguments in [
      ["--databse", address], ["--databse=\(address)"], [address], ["--cadence", address], ["--cadence=\(address)"],
      ["--password", "s3cret"], ["--password=s3cret"], ["-W", "s3cret"], ["-Ws3cret"], ["-p=s3cret"],
      ["--skip-bad", address], ["--format", "password=s3cret"], ["postgresql://labs:pa", "s3cret@db/x"],
    ] {
      for rest in [[], ["--log-format", "json"]] {
        let program = try Program(["train", "--cadence", "daily"] + arguments + rest)
        #expect(program.status == 64 && !program.errors.contains("s3cret"), "\(arguments): \(program.errors)")
      }
    }
    let first = try Program([address])
    #expect(first.status == 64 && !first.errors.contains("s3cret"))
  }

  @Test("a right address with a password names what the server refuses, but for names that stood beside the password")
  func rightAddress() throws {
    let server = try TestServer.shared.get()
    let program = try Program(
      ["history"], environment: ["LABS_DATABASE_URL": "postgresql://nobody:s3cret@/postgres?host=\(server.socket)"])
    #expect(program.status == 77 && program.errors.contains("28000") && !program.errors.contains("s3cret"))
    let plain = try Program(
      ["history", "--database", "postgresql://nobody@/postgres?host=\(server.socket)"])
    #expect(plain.status == 77 && plain.errors.contains("\"nobody\""), "\(plain.errors)")
    let bare = try Program(
      ["history", "--database", "no_such_database"], environment: ["PGHOST": server.socket, "PGUSER": "ainfera_labs"])
    #expect(bare.status == 77 && bare.errors.contains("no_such_database"), "\(bare.errors)")
  }
}
