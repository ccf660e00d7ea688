import Foundation

/// A descriptor that its reader may have closed, filled or stopped to read.
struct OutputDescriptor {
  /// A pipe with room takes this much without a wait (`PIPE_BUF`), so no write can keep us.
  private static let chunk = 4096
  private static let pollMilliseconds: Int32 = 50

  /// Why not all was written.
  enum Failure: Error, CustomStringConvertible {
    case system(Int32)
    case notRead

    var description: String {
      switch self {
      case .system(let number): String(cString: strerror(number))
      case .notRead: "nobody reads it"
      }
    }
  }

  let number: Int32

  /// Opens what of 0 to 2 is closed on `/dev/null`, so that no socket or file can become standard output or error.
  static func openStandard() {
    while true {
      var opened = open("/dev/null", O_RDWR)
      if opened < 0 { opened = open("/", O_RDONLY | O_DIRECTORY) }
      if opened > STDERR_FILENO { close(opened) }
      guard (0...STDERR_FILENO).contains(opened) else { return }
    }
  }

  /// Writes all bytes.
  /// - Parameter mayWait: asked again and again whether to wait on while nothing is taken.
  func write(_ bytes: [UInt8], while mayWait: () -> Bool) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
      if poll(&waiting, 1, OutputDescriptor.pollMilliseconds) == 0 {
        guard mayWait() else { throw .notRead }
        continue
      }
      let next = Array(rest.prefix(OutputDescriptor.chunk))
      let written = Foundation.write(number, next, next.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR, errno != EAGAIN {
        throw .system(errno)
      } else if !mayWait() {
        throw .notRead
      }
    }
  }
}
