internal import Glibc

/// The two pipes between us and a command: its input, which it may not read, and its output, which may not end.
struct HookPipes: ~Copyable {
  /// Between reads, so that a command that prints without end cannot keep us.
  private static let lastReads = 64

  private(set) var childInput: Int32 = -1
  private(set) var childOutput: Int32 = -1
  private var toChild: Int32 = -1
  private var fromChild: Int32 = -1
  private var input: ArraySlice<UInt8>

  init(input: [UInt8]) throws(CommandHook.Failure) {
    self.input = input[...]
    // A command that closes its input is an error where it is written to.
    signal(SIGPIPE, SIG_IGN)
    (childInput, toChild) = try HookPipes.open()
    do throws(CommandHook.Failure) {
      (fromChild, childOutput) = try HookPipes.open()
    } catch {
      close()
      throw error
    }
    for descriptor in [toChild, fromChild] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
  }

  private static func open() throws(CommandHook.Failure) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw CommandHook.Failure(errno) }
    return (ends[0], ends[1])
  }

  private static func close(_ descriptor: inout Int32) {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes what only the command uses.
  mutating func closeOtherEnds() {
    HookPipes.close(&childInput)
    HookPipes.close(&childOutput)
  }

  mutating func close() {
    closeOtherEnds()
    HookPipes.close(&toChild)
    HookPipes.close(&fromChild)
  }

  /// Writes and reads what can be written and read now, or waits for it this long.
  mutating func pump(milliseconds: Int32, _ output: ([UInt8]) -> Void) {
    var waiting = [
      pollfd(fd: fromChild, events: Int16(POLLIN), revents: 0), pollfd(fd: toChild, events: Int16(POLLOUT), revents: 0),
    ]
    // A closed descriptor is -1, which poll leaves out.
    poll(&waiting, nfds_t(waiting.count), milliseconds)
    if waiting[1].revents != 0 { write() }
    if waiting[0].revents != 0 { _ = read(output) }
  }

  /// Passes on what is still in the pipe, without a wait.
  mutating func drain(_ output: ([UInt8]) -> Void) {
    var reads = 0
    while reads < HookPipes.lastReads, read(output) { reads += 1 }
  }

  private mutating func write() {
    let written = input.withUnsafeBytes { Glibc.write(toChild, $0.baseAddress, $0.count) }
    if written >= 0 {
      input = input.dropFirst(written)
      if input.isEmpty { HookPipes.close(&toChild) }
    } else if errno != EINTR, errno != EAGAIN {
      // The command does not read its input, which is its own affair.
      HookPipes.close(&toChild)
    }
  }

  private mutating func read(_ output: ([UInt8]) -> Void) -> Bool {
    guard fromChild >= 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = Glibc.read(fromChild, &buffer, buffer.count)
    if count > 0 {
      output(Array(buffer[..<count]))
      return true
    }
    if count == 0 || (errno != EINTR && errno != EAGAIN) { HookPipes.close(&fromChild) }
    return false
  }
}
