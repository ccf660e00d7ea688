internal import Foundation

/// What a public tree must not hold, and where it stands. Values are never part of it, for they may be private.
package struct ReleaseFinding: Sendable, Hashable, CustomStringConvertible {
  /// The file.
  package let path: String
  /// The line, from 1; nil of a file as a whole.
  package let line: Int?
  /// What it is.
  package let what: String

  /// `path:line: what`.
  package var description: String { path + (line.map { ":\($0)" } ?? "") + ": \(what)" }
}

/// A path that cannot be looked through.
package enum ReleaseScanError: Error, Equatable, CustomStringConvertible {
  /// Nothing stands there.
  case missing(path: String)
  /// A path that is to be allowed, and lies outside of what is looked through.
  case allowedIsOutside(path: String)
  /// A path that is to be allowed, and is a folder.
  case allowedIsFolder(path: String)

  /// One line.
  package var description: String {
    switch self {
    case .missing(let path): "\(path) does not exist"
    case .allowedIsOutside(let path): "--allow \(path): it lies outside of the paths that are looked through"
    case .allowedIsFolder(let path): "--allow \(path): it is a folder; name each file"
    }
  }
}

/// Looks through trees that are to be published, and finds every file that is not known to be free of what belongs to
/// production.
///
/// It is an allow-list. A file passes if it has one of the formats of a public tree of ours, its name and its content agree
/// about which, all of it can be read as that format, and every column and key is a known one with a value of the form that it
/// has. All else is found, as are identifiers that do not say that they are made up, passwords, and encoded data in any
/// format. Where a tree is a git repository, each file that its history ever held is looked at by the same rules, by the paths
/// that it had, and so are the messages of commits.
package struct ProductionDataScanner {
  private static let largest = 1 << 30

  private let allowed: [String: String]
  private var findings: [ReleaseFinding] = []
  private var found: [String: Int] = [:]
  /// The path that was named, up to what is looked at.
  private var root = ""

  /// - Parameter allowed: the paths of files that pass whatever they hold, now and in the history.
  package init(allowed: [String]) {
    self.allowed = Dictionary(allowed.map { (ProductionDataScanner.absolute($0), $0) }) { first, _ in first }
  }

  /// Looks through files and folders.
  /// - Throws: `ReleaseScanError` where a path that is named does not exist.
  package func findings(in paths: [String]) throws(ReleaseScanError) -> [ReleaseFinding] {
    var scanner = self
    try checkAllowed(in: paths)
    for path in paths {
      guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
      scanner.look(atNamed: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    }
    return scanner.findings
  }

  /// An exception that cannot be meant is refused, for whoever wrote it believes that it holds.
  private func checkAllowed(in paths: [String]) throws(ReleaseScanError) {
    let roots = paths.map(ProductionDataScanner.absolute)
    for (path, name) in allowed.sorted(by: { $0.key < $1.key }) {
      if ProductionDataScanner.kind(of: path) == .typeDirectory { throw .allowedIsFolder(path: name) }
      let isInside = roots.contains { $0 == path || $0 == "/" || path.hasPrefix($0 + "/") }
      if !isInside { throw .allowedIsOutside(path: name) }
    }
  }

  private static func absolute(_ path: String) -> String {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    return url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent).path
  }

  private mutating func report(_ path: String, _ line: Int?, _ what: String, object: String? = nil) {
    let count = found[path, default: 0]
    guard count < FileInspector.enough else { return }
    let shown = root + FileInspector.shown(String(path.dropFirst(root.count)))
    // What a tree holds now stands in its history too.
    if object != nil, findings.contains(ReleaseFinding(path: shown, line: line, what: what)) { return }
    found[path] = count + 1
    findings.append(
      ReleaseFinding(path: shown, line: line, what: what + (object.map { ", in git object \($0)" } ?? "")))
  }

  private func isAllowed(_ path: String) -> Bool {
    guard !allowed.isEmpty else { return false }
    return allowed[ProductionDataScanner.absolute(path)] != nil
  }

  private static func kind(of path: String) -> FileAttributeType? {
    try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  /// Looks at a path that was named, which may be a link to what is meant.
  private mutating func look(atNamed path: String) {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    if ProductionDataScanner.kind(of: target) == .typeDirectory {
      root = path
      look(inFolder: path)
    } else {
      root = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
      look(at: path, target)
    }
  }

  private mutating func look(at path: String, _ target: String) {
    if isAllowed(path) { return }
    switch ProductionDataScanner.kind(of: target) {
    case .typeRegular: look(inFile: path)
    case .typeSymbolicLink: report(path, nil, "a symbolic link")
    case nil: report(path, nil, "a file that cannot be read")
    default: report(path, nil, "no regular file")
    }
  }

  /// The path within what was named.
  private func inner(_ path: String) -> String { String(path.dropFirst(root.count).drop { $0 == "/" }) }

  private mutating func look(inFolder path: String) {
    if let what = FileInspector.nameFlaw(inner(path)) { report(path, nil, what) }
    let names = names(in: path)
    if Set(["HEAD", "objects", "refs"]).isSubset(of: names) {
      lookForOthers(inRepository: path)
      return look(inHistory: path, of: path)
    }
    for name in names where name != ".git" {
      // What the compiler makes is no part of a repository; what git has of it is met in the history.
      if name == ".build", names.contains("Package.swift"), names.contains(".git") { continue }
      let next = path + "/" + name
      if ProductionDataScanner.kind(of: next) == .typeDirectory { look(inFolder: next) } else { look(at: next, next) }
    }
    if names.contains(".git") {
      lookForOthers(inRepository: path + "/.git")
      look(inHistory: path + "/.git", of: path)
    }
  }

  /// The names in a folder, in order. A folder that cannot be read is reported, and never one without files.
  private mutating func names(in folder: String) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      report(folder, nil, "a folder that cannot be read")
      return []
    }
  }

  /// What stands among a repository's own files and is none of them.
  private mutating func lookForOthers(inRepository folder: String) {
    // Of a worktree it is a file that names the folder.
    guard ProductionDataScanner.kind(of: folder) == .typeDirectory else { return }
    for name in names(in: folder) where !GitHistory.files.contains(name) {
      report(folder + "/" + name, nil, "a file that is none of git's")
    }
    // A worktree has its objects elsewhere.
    let objects = folder + "/objects"
    guard ProductionDataScanner.kind(of: objects) != nil else { return }
    for name in names(in: objects)
    where !["info", "pack"].contains(name) && !(name.count == 2 && UInt8(name, radix: 16) != nil) {
      report(objects + "/" + name, nil, "a file that is none of git's")
    }
  }

  private mutating func look(inFile path: String) {
    guard let bytes = ProductionDataScanner.bytes(of: path) else {
      return report(path, nil, "a file that cannot be read, or is larger than 1 GiB")
    }
    for flaw in FileInspector.flaws(path: inner(path), bytes: bytes) { report(path, flaw.line, flaw.what) }
  }

  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    var bytes: [UInt8] = []
    do {
      while let next = try file.read(upToCount: 1 << 20), !next.isEmpty {
        bytes += next
        if bytes.count > largest { return nil }
      }
    } catch {
      // What was read of it so far says nothing of the rest.
      return nil
    }
    return bytes
  }

  private mutating func look(inHistory folder: String, of root: String) {
    do {
      let history = try GitHistory(folder: folder)
      for message in history.messages {
        for flaw in FileInspector.flaws(inProse: message.bytes) {
          let place =
            message.object == "refs"
            ? "the names of branches and tags" : "the message of git object \(GitHistory.shown(message.object))"
          report(root, nil, "\(flaw.what), in \(place)")
        }
      }
      try history.forEachBatch { look(at: $0, root) }
    } catch {
      report(folder, nil, "a git history that cannot be read with the program git")
    }
    if let bytes = ProductionDataScanner.bytes(of: folder + "/config") {
      for flaw in SecretRule.flaws(in: bytes[...], isConfiguration: true) where flaw.what != "an e-mail address" {
        report(folder + "/config", ReleaseText.line(of: flaw.offset, in: bytes), flaw.what)
      }
    }
  }

  /// Looks at files of the history on all cores.
  private mutating func look(at files: [GitHistory.File], _ root: String) {
    let wanted = files.map { file in file.paths.filter { !isAllowed(root + "/" + $0) } }
    let flaws =
      Parallel.map(files.count) { index in
        let file = files[index]
        guard let bytes = file.bytes else { return wanted[index].map { ($0, [(nil, file.what ?? "")]) } }
        if file.paths.isEmpty { return [("", FileInspector.flaws(ofNameless: bytes))] }
        return wanted[index].map { ($0, FileInspector.flaws(path: $0, bytes: bytes)) }
      } as [[(String, [(line: Int?, what: String)])]]
    for (file, found) in zip(files, flaws) {
      for (path, flaws) in found {
        for flaw in flaws { report(path.isEmpty ? root : root + "/" + path, flaw.line, flaw.what, object: file.object) }
      }
    }
  }
}
