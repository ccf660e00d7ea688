internal import Foundation

/// Every object of a repository's history, reachable or not, read through `git` with nothing of the repository's own
/// configuration that could run a program.
struct GitHistory {
  /// What cannot be read.
  struct Failure: Error {}

  /// An object and what it is.
  private struct Entry {
    let name: String
    let kind: String
    let size: Int
  }

  /// A file as the history has it.
  struct File: Sendable {
    /// The first digits of the object's name.
    let object: String
    /// The paths that it has or had, from the repository's root; none where no commit has it.
    let paths: [String]
    /// Its bytes; nil of what is no file.
    let bytes: [UInt8]?
    /// What it is where it is no file.
    let what: String?
  }

  /// What stands in the folder of a repository.
  static let files = KnownFields.words(
    """
    HEAD objects refs hooks info config description packed-refs branches logs index FETCH_HEAD ORIG_HEAD MERGE_HEAD MERGE_MSG
    MERGE_MODE MERGE_RR COMMIT_EDITMSG SQUASH_MSG AUTO_MERGE CHERRY_PICK_HEAD REVERT_HEAD REBASE_HEAD rebase-merge
    rebase-apply sequencer gc.log gc.pid shallow worktrees rr-cache index.lock commondir gitdir config.worktree
    """)

  private static let largest = 1 << 30
  private static let shownDigits = 10
  private static let batch = 1 << 24

  private let folder: String
  private var paths: [String: Set<String>] = [:]
  private var links: [String: (object: String, what: String)] = [:]
  private var trees: [String: [(mode: String, name: String, object: String)]] = [:]
  private var seen: Set<String> = []
  private var blobs: [Entry] = []
  /// The messages of commits and tags, and the names of branches.
  private(set) var messages: [(object: String, bytes: [UInt8])] = []

  /// Reads the names of all that a repository holds.
  /// - Parameter folder: its `.git`, or the repository itself where it has no files.
  /// - Throws: `Failure` where `git` cannot read it.
  init(folder: String) throws {
    self.folder = folder
    let entries = try listed()
    blobs = entries.filter { $0.kind == "blob" }
    var roots: [String] = []
    try read(entries.filter { $0.kind != "blob" }) { entry, bytes in
      switch entry.kind {
      case "commit":
        let text = GitHistory.parts(of: bytes)
        if let root = text.header["tree"] { roots.append(root) }
        messages.append((entry.name, text.message))
      case "tag": messages.append((entry.name, GitHistory.parts(of: bytes).message))
      default: trees[entry.name] = GitHistory.entries(ofTree: bytes, digits: entry.name.count / 2)
      }
    }
    for root in roots { walk(root, "") }
    try readIndex()
    let names = try output(["for-each-ref", "--format=%(refname)"])
    messages.append(("refs", names))
  }

  /// Gives the files of the history with their bytes, and the entries that are no files, some at a time.
  func forEachBatch(_ body: ([File]) -> Void) throws {
    var batch: [File] = []
    var size = 0
    try forEachFile { file in
      batch.append(file)
      size += file.bytes?.count ?? 0
      guard size > GitHistory.batch || batch.count > 1000 else { return }
      body(batch)
      batch = []
      size = 0
    }
    body(batch)
  }

  private func forEachFile(_ body: (File) -> Void) throws {
    for (path, link) in links.sorted(by: { $0.key < $1.key }) {
      body(File(object: GitHistory.shown(link.object), paths: [path], bytes: nil, what: link.what))
    }
    let targets = Set(links.values.map(\.object)).subtracting(paths.keys)
    let small = blobs.filter { $0.size <= GitHistory.largest && !targets.contains($0.name) }
    for blob in blobs where blob.size > GitHistory.largest {
      body(
        File(
          object: GitHistory.shown(blob.name), paths: sortedPaths(blob.name), bytes: nil,
          what: "a file too large to be looked through"))
    }
    try read(small) { entry, bytes in
      body(File(object: GitHistory.shown(entry.name), paths: sortedPaths(entry.name), bytes: bytes, what: nil))
    }
  }

  /// The first digits of an object's name.
  static func shown(_ object: String) -> String { String(object.prefix(shownDigits)) }

  private func sortedPaths(_ object: String) -> [String] { paths[object, default: []].sorted() }

  private func process(_ arguments: [String], input: FileHandle? = nil) -> ToolProcess {
    ToolProcess(
      "git",
      [
        "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*",
        "-c", "protocol.allow=never", "--git-dir=\(folder)",
      ] + arguments, input: input)
  }

  private func output(_ arguments: [String]) throws -> [UInt8] {
    let process = process(arguments)
    try process.start()
    let bytes = try process.readAll()
    guard process.finish() else { throw Failure() }
    return bytes
  }

  private func listed() throws -> [Entry] {
    // An object that is damaged or missing could hold anything.
    _ = try output(["fsck", "--full", "--no-dangling", "--no-progress"])
    let lines = try output(["cat-file", "--batch-all-objects", "--unordered", "--batch-check"])
    return try ReleaseText.lines(lines[...]).filter { !$0.isEmpty }.map { line in
      let parts = line.split(separator: 32).map(\.text)
      guard parts.count == 3, let size = Int(parts[2]) else { throw Failure() }
      return Entry(name: parts[0], kind: parts[1], size: size)
    }
  }

  /// Reads objects in one process, which takes their names from a file, so that neither side waits for the other.
  private func read(_ entries: [Entry], _ body: (Entry, [UInt8]) throws -> Void) throws {
    guard !entries.isEmpty else { return }
    let list = FileManager.default.temporaryDirectory.appendingPathComponent("labs-\(UUID().uuidString)")
    try Data(entries.map { $0.name + "\n" }.joined().utf8).write(to: list)
    defer { try? FileManager.default.removeItem(at: list) }
    let process = process(["cat-file", "--batch"], input: try FileHandle(forReadingFrom: list))
    try process.start()
    var reader = BatchReader(process)
    for entry in entries {
      guard let line = try reader.line(), line.split(separator: 32).count == 3, let bytes = try reader.bytes(entry.size)
      else {
        process.end()
        throw Failure()
      }
      try body(entry, bytes)
    }
    guard process.finish() else { throw Failure() }
  }

  private static func parts(of object: [UInt8]) -> (header: [String: String], message: [UInt8]) {
    var header: [String: String] = [:]
    var rest = object[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 10 }
      rest = rest[min(line.endIndex + 1, rest.endIndex)...]
      if line.isEmpty { break }
      let words = line.split(separator: 32, maxSplits: 1).map(\.text)
      if words.count == 2, header[words[0]] == nil { header[words[0]] = words[1] }
    }
    return (header, withoutTrailers(rest))
  }

  /// A message without the lines that name who wrote or read a change, as the commit itself does.
  private static func withoutTrailers(_ message: ArraySlice<UInt8>) -> [UInt8] {
    let lines = ReleaseText.lines(message).map { line -> ArraySlice<UInt8> in
      let label = line.prefix { $0 != 58 }
      return label.text.lowercased().hasSuffix("-by") && line.last == 62 ? [] : line
    }
    return Array(lines.joined(separator: [10]))
  }

  private static func entries(ofTree bytes: [UInt8], digits: Int) -> [(mode: String, name: String, object: String)] {
    var found: [(mode: String, name: String, object: String)] = []
    var place = 0
    while let space = bytes[place...].firstIndex(of: 32), let end = bytes[space...].firstIndex(of: 0),
      end + digits < bytes.count
    {
      let object = bytes[(end + 1)...(end + digits)].map { byte in
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }
      found.append((bytes[place..<space].text, bytes[(space + 1)..<end].text, object.joined()))
      place = end + digits + 1
    }
    return found
  }

  /// Gives every file below a tree the path by which this commit has it.
  private mutating func walk(_ tree: String, _ prefix: String) {
    guard seen.insert(tree + prefix).inserted else { return }
    for entry in trees[tree] ?? [] {
      let path = prefix + entry.name
      switch entry.mode {
      case "40000": walk(entry.object, path + "/")
      case "160000": links[path] = (entry.object, "a submodule, which is not looked into")
      case "120000": links[path] = (entry.object, "a symbolic link")
      default: paths[entry.object, default: []].insert(path)
      }
    }
  }

  /// What is added and not yet committed has its path there.
  private mutating func readIndex() throws {
    let process = process(["ls-files", "--stage", "-z"])
    try process.start()
    let bytes = try process.readAll()
    // A repository without files has no index.
    guard process.finish() else { return }
    for record in bytes.split(separator: 0) {
      let parts = record.split(separator: 9, maxSplits: 1)
      let words = parts[0].split(separator: 32)
      if parts.count == 2, words.count == 3 { paths[words[1].text, default: []].insert(parts[1].text) }
    }
  }
}

/// Reads what `git cat-file --batch` writes.
private struct BatchReader {
  private let process: ToolProcess
  private var buffer: [UInt8] = []
  private var place = 0

  init(_ process: ToolProcess) { self.process = process }

  private mutating func fill() throws -> Bool {
    guard let next = try process.read(upTo: 1 << 20) else { return false }
    buffer = Array(buffer[place...]) + next
    place = 0
    return true
  }

  /// The next line without its end; nil where the output ends.
  mutating func line() throws -> ArraySlice<UInt8>? {
    while true {
      if let end = buffer[place...].firstIndex(of: 10) {
        defer { place = end + 1 }
        return buffer[place..<end]
      }
      if try !fill() { return nil }
    }
  }

  /// As many bytes, and the line's end that follows them.
  mutating func bytes(_ count: Int) throws -> [UInt8]? {
    while buffer.count - place < count + 1 {
      if try !fill() { return nil }
    }
    defer { place += count + 1 }
    return Array(buffer[place..<place + count])
  }
}
