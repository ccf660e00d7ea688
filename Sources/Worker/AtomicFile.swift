internal import Glibc

/// Writes a file whole or not at all: to a new name next to it, synced, then renamed.
package enum AtomicFile {
  /// Why a file was not written.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Replaces a regular file, or makes one where there is nothing.
  /// - Parameter permissions: the mode whatever the process's umask is; nil for the umask's.
  /// - Throws: `Failure`; a device, a pipe, a folder or a symbolic link is never replaced.
  package static func write(_ bytes: [UInt8], to path: String, permissions: UInt32?) throws(Failure) {
    // The temporary name does not depend on the file's, which may be as long as a name can be.
    try write(to: path, temporary: "ainfera-labs", permissions: permissions) { $0(bytes) }
  }

  /// The same of a file that comes in parts.
  /// - Parameters:
  ///   - temporary: how the temporary name begins, behind a dot; a random hexadecimal number follows.
  ///   - body: gives each part to the closure that it is given, and ends where that says no.
  /// - Throws: `Failure`.
  static func write(
    to path: String, temporary name: String, permissions: UInt32?, _ body: (([UInt8]) -> Bool) -> Bool
  ) throws(Failure) {
    guard try isRegularOrMissing(path) else { throw Failure(description: "not a regular file") }
    let folder = folder(of: path)
    let temporary = "\(folder)/.\(name).\(String(UInt64.random(in: .min ... .max), radix: 16)).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions ?? 0o666)
    guard file >= 0 else { throw failure(errno) }
    var reason: Int32 = 0
    if let permissions, fchmod(file, permissions) != 0 { reason = errno }
    if reason == 0,
      !body({ part in
        reason = writeAll(part, to: file)
        return reason == 0
      }), reason == 0
    {
      reason = EIO
    }
    if reason == 0, fsync(file) != 0 { reason = errno }
    if close(file) != 0, reason == 0 { reason = errno }
    if reason == 0, rename(temporary, path) != 0 { reason = errno }
    guard reason == 0 else {
      unlink(temporary)
      throw failure(reason)
    }
    sync(folder)
  }

  /// Whether there is a regular file, or nothing, under this name.
  /// - Throws: `Failure` where that cannot be found out.
  package static func isRegularOrMissing(_ path: String) throws(Failure) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return true }
      throw failure(errno)
    }
    return status.st_mode & S_IFMT == S_IFREG
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// - Returns: 0, or the number of the error.
  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  private static func sync(_ folder: String) {
    let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return }
    fsync(opened)
    close(opened)
  }

  private static func failure(_ number: Int32) -> Failure {
    Failure(description: String(cString: strerror(number)))
  }
}
