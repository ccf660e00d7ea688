internal import Foundation
internal import Glibc
internal import Synchronization

/// Runs a shell command in a process group of its own, of which nothing is left when the run of it returns.
///
/// Foundation's `Process` ends only the shell, and waits for whoever still holds its pipes.
package final class CommandHook: Sendable {
  /// How the command ended.
  package enum Ending: Equatable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal, which was not ours.
    case signalled(Int32)
    /// By us, for its time was over.
    case outOfTime
    /// By us, for the caller asked for it.
    case stopped
  }

  /// The command cannot be started.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    init(_ number: Int32) { description = String(cString: strerror(number)) }
  }

  /// How long a command may take to end after it was asked to.
  private static let grace = Duration.seconds(2)
  private static let pollMilliseconds: Int32 = 20

  /// The group that runs now.
  private let group = Mutex<pid_t?>(nil)

  /// Makes a hook that runs nothing yet.
  package init() {}

  /// Runs `/bin/sh -c command`, gives it the input, and passes on what it prints. All of its group is ended then, also
  /// what it left in the background; what left the group holds none of our descriptors.
  /// - Parameter isStopped: asked some fifty times a second whether to end the command early.
  /// - Throws: `Failure` where it cannot be started.
  package func run(
    _ command: String, input: [UInt8], environment: [String: String], limit: Duration, isStopped: () -> Bool,
    output: ([UInt8]) -> Void
  ) throws(Failure) -> Ending {
    var pipes = try HookPipes(input: input)
    defer { pipes.close() }
    let identifier = try start(command, environment, pipes)
    pipes.closeOtherEnds()
    var ending = wait(identifier, &pipes, until: .now + limit, isStopped, output)
    if let reason = ending {
      Glibc.kill(-identifier, SIGTERM)
      if wait(identifier, &pipes, until: .now + CommandHook.grace, { false }, output) == nil { ending = reason }
    }
    // The leader is not reaped yet, so the group's number is still ours.
    Glibc.kill(-identifier, SIGKILL)
    group.withLock { $0 = nil }
    let status = reap(identifier)
    pipes.drain(output)
    return ending ?? status
  }

  /// Ends what runs, from any thread, at once.
  package func kill() {
    group.withLock { if let identifier = $0 { Glibc.kill(-identifier, SIGKILL) } }
  }

  private func start(
    _ command: String, _ environment: [String: String], _ pipes: borrowing HookPipes
  ) throws(Failure) -> pid_t {
    var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, pipes.childInput, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes.childOutput, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes.childOutput, STDERR_FILENO)
    for descriptor in try openDescriptors where descriptor > STDERR_FILENO {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // The signals that we ignore or block are the shell's to handle as usual.
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let arguments = copies(["sh", "-c", command])
    let variables = copies(environment.map { "\($0.key)=\($0.value)" })
    defer { (arguments + variables).forEach { free($0) } }
    var identifier: pid_t = 0
    let number = posix_spawn(&identifier, "/bin/sh", &actions, &attributes, arguments, variables)
    guard number == 0 else { throw Failure(number) }
    group.withLock { $0 = identifier }
    return identifier
  }

  /// Those that are ours, and those that who started us left open: the command gets none of them.
  private var openDescriptors: [Int32] {
    get throws(Failure) {
      do {
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
      } catch {
        throw Failure(ENOSYS)
      }
    }
  }

  private func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }

  /// Feeds the command and passes on its output until its leader has ended.
  /// - Returns: why the wait was given up; nil where the leader has ended.
  private func wait(
    _ identifier: pid_t, _ pipes: inout HookPipes, until end: ContinuousClock.Instant, _ isStopped: () -> Bool,
    _ output: ([UInt8]) -> Void
  ) -> Ending? {
    while !hasEnded(identifier) {
      if isStopped() { return .stopped }
      if ContinuousClock.now > end { return .outOfTime }
      pipes.pump(milliseconds: CommandHook.pollMilliseconds, output)
    }
    return nil
  }

  private func hasEnded(_ identifier: pid_t) -> Bool {
    var information = siginfo_t()
    let answer = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
    return answer != 0 ? errno != EINTR : information.si_signo != 0
  }

  private func reap(_ identifier: pid_t) -> Ending {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
  }
}
