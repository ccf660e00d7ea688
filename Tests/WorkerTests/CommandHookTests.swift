import Foundation
import TestSupport
import Testing

@testable import Worker

/// A command that is given a result, and may do anything but stay.
@Suite struct CommandHookTests {
  private struct Run {
    let ending: CommandHook.Ending
    let output: String
    let took: Duration
  }

  private func run(
    _ command: String, input: Int = 100, limit: Duration = .seconds(60), isStopped: () -> Bool = { false }
  ) throws -> Run {
    var output: [UInt8] = []
    let start = ContinuousClock.now
    let ending = try CommandHook().run(
      command, input: [UInt8](repeating: UInt8(ascii: "x"), count: input),
      environment: ["PATH": "/usr/bin:/bin", "GIVEN": "given"], limit: limit, isStopped: isStopped,
      output: { output += $0 })
    return Run(ending: ending, output: String(decoding: output, as: UTF8.self), took: ContinuousClock.now - start)
  }

  @Test("the whole input is given, beyond what a pipe holds, and both outputs are passed on")
  func input() throws {
    let counted = try run("wc -c; echo \"$GIVEN\" >&2", input: 3_000_000)
    #expect(counted.ending == .exited(0) && counted.output.contains("3000000") && counted.output.contains("given"))
  }

  @Test("a command that reads nothing, or closes its input, ends as it likes")
  func unread() throws {
    #expect(try run("exit 7", input: 3_000_000).ending == .exited(7))
    #expect(try run("exec 0<&-; sleep 0.2; exit 3", input: 3_000_000).ending == .exited(3))
    #expect(try run("kill -USR1 $$").ending == .signalled(SIGUSR1))
  }

  @Test("a command prints beyond what a pipe holds, and signals are as a shell expects them")
  func signals() throws {
    #expect(try run("head -c 1000000 /dev/zero").output.utf8.count == 1_000_000)
    let piped = try run("yes | head -1; grep -E 'Sig(Blk|Ign)' /proc/self/status").output.split(separator: "\n")
    #expect(piped.first == "y" && piped.count == 3)
    for set in piped.dropFirst() {
      // The two signals above 31 are the C library's own.
      let signals = try #require(set.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
      #expect(signals & 0x7fff_ffff == 0, "\(set)")
    }
  }

  @Test("what is left in the background, or holds the output, is ended with the command")
  func background() throws {
    let left = try run("(trap '' TERM HUP; sleep 600) & echo $!")
    #expect(left.ending == .exited(0) && left.took < .seconds(30))
    #expect(ProcessList.isGone(left.output))
    let moved = try run("setsid sleep 45 & sleep 0.3")
    #expect(moved.ending == .exited(0) && moved.took < .seconds(30))
  }

  @Test("a command that does not end is ended whole, also one that ignores the request")
  func limit() throws {
    let late = try run("sleep 600 & echo $!; wait", limit: .seconds(1))
    #expect(late.ending == .outOfTime && ProcessList.isGone(late.output))
    let stubborn = try run("trap '' TERM; sleep 600 & echo $!; while :; do wait; done", limit: .seconds(1))
    #expect(stubborn.ending == .outOfTime && stubborn.took < .seconds(40) && ProcessList.isGone(stubborn.output))
    let noisy = try run("yes", limit: .milliseconds(200))
    #expect(noisy.ending == .outOfTime && noisy.took < .seconds(30))
    let start = ContinuousClock.now
    let stopped = try run("sleep 600", isStopped: { ContinuousClock.now - start > .milliseconds(300) })
    #expect(stopped.ending == .stopped && stopped.took < .seconds(40))
  }

  @Test("another thread ends a command at once")
  func killed() throws {
    let hook = CommandHook()
    let ender = Thread { for _ in 0..<600 { usleep(100_000); hook.kill() } }
    ender.start()
    let ending = try hook.run(
      "trap '' TERM; sleep 600", input: [], environment: [:], limit: .seconds(300), isStopped: { false },
      output: { _ in })
    #expect(ending == .signalled(SIGKILL))
  }

  @Test("a command that is too long to start is refused with the reason")
  func tooLong() {
    #expect(throws: CommandHook.Failure.self) { try run(String(repeating: ":", count: 4_000_000)) }
  }
}
