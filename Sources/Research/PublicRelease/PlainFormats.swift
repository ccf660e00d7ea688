/// Small formats that are read line by line.
enum PlainFormats {
  private static let licenceWords = ["license", "licence", "copyright", "public domain"]
  private static let sections = [
    "[Unit]", "[Service]", "[Timer]", "[Install]", "[Socket]", "[Path]", "[Mount]", "[Slice]", "[databases]",
    "[pgbouncer]",
  ]
  private static let instructions = KnownFields.words(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR")

  /// A licence, or the notices of what others have written: prose that names itself so near its start.
  static func flaws(inLicence bytes: ArraySlice<UInt8>) -> [Flaw] {
    let start = bytes.prefix(2000).text.lowercased()
    guard licenceWords.contains(where: start.contains) else {
      return [Flaw(offset: bytes.startIndex, what: "a text that is no licence")]
    }
    let rows = ReleaseText.lines(bytes).first { line in
      line.contains(9) && line.drop { $0.isSpace }.contains(9) || line.filter { $0 == 124 || $0 == 59 }.count > 3
    }
    return FragmentRule.flaws(in: bytes) + TranscriptRule.flaws(in: bytes)
      + (rows.map { [Flaw(offset: $0.startIndex, what: "rows of a table")] } ?? [])
  }

  /// Patterns of names, as .gitignore has them.
  static func flaws(inPatterns bytes: ArraySlice<UInt8>) -> [Flaw] {
    firstLine(bytes, "no pattern of names") { line in
      line.count <= 120 && line.split(separator: 32).count <= 3
        && line.allSatisfy { $0.isWord || ".*/!?[]-@ #=+\\".utf8.contains($0) }
    }
  }

  /// `name==1.2.3`, as pip reads it.
  static func flaws(inRequirements bytes: ArraySlice<UInt8>) -> [Flaw] {
    firstLine(bytes, "no requirement") { line in
      line.count <= 100 && line.contains(61) && line.allSatisfy { $0.isWord || ".=<>~-[],; ".utf8.contains($0) }
    }
  }

  /// Metrics in Prometheus' text.
  static func flaws(inMetrics bytes: ArraySlice<UInt8>) -> [Flaw] {
    firstLine(bytes, "no metric") { line in
      let name = line.prefix { $0.isWord || $0 == 58 }
      var rest = line[name.endIndex...]
      if rest.first == 123 {
        guard let end = rest.firstIndex(of: 125) else { return false }
        let labels = rest[rest.startIndex..<end].split(separator: 34, omittingEmptySubsequences: false)
        guard labels.indices.allSatisfy({ $0.isMultiple(of: 2) || ValueForm.label.accepts(labels[$0]) }) else {
          return false
        }
        rest = rest[(end + 1)...]
      }
      let numbers = rest.split(separator: 32)
      return !name.isEmpty && (1...2).contains(numbers.count)
        && numbers.allSatisfy { ValueForm.isNumber($0) || ["NaN", "+Inf", "-Inf"].contains($0.text) }
    }
  }

  /// A unit of systemd, or another file of sections and settings.
  static func flaws(inUnit bytes: ArraySlice<UInt8>) -> [Flaw] {
    var isContinued = false
    return firstLine(bytes, "no setting of a unit") { line in
      defer { isContinued = line.last == 92 }
      if isContinued { return true }
      if line.first == 91 { return sections.contains(line.text) }
      let name = line.prefix { $0.isWord || $0 == 45 }
      return line[name.endIndex...].drop { $0 == 32 }.first == 61
        && (name.first?.isUppercase == true && !name.contains(95) || name.contains(95) || name.text == "listen_addr")
    }
  }

  /// Users and folders of systemd, a line each.
  static func flaws(inUsers bytes: ArraySlice<UInt8>) -> [Flaw] {
    firstLine(bytes, "no user or folder of systemd") { line in
      ["u", "u!", "g", "m", "r", "d", "f", "D", "Z"].contains(line.prefix { !$0.isSpace }.text) && line.count < 200
    }
  }

  /// Times and commands of cron.
  static func flaws(inCrontab bytes: ArraySlice<UInt8>) -> [Flaw] {
    firstLine(bytes, "no line of a crontab") { line in
      let name = line.prefix { $0.isUppercase || $0.isDigit || $0 == 95 }
      if !name.isEmpty, line[name.endIndex...].first == 61 { return true }
      let fields = line.split(separator: 32)
      return fields.count > 5
        && fields.prefix(5).allSatisfy { $0.allSatisfy { $0.isDigit || "*/,-".utf8.contains($0) } }
    }
  }

  static func flaws(inDockerfile bytes: ArraySlice<UInt8>) -> [Flaw] {
    var isContinued = false
    return firstLine(bytes, "no instruction of a Dockerfile") { line in
      defer { isContinued = line.last == 92 }
      return isContinued || instructions.contains(line.prefix { !$0.isSpace }.text)
    }
  }

  /// The first line that is wrong, blank ones and comments aside; comments are looked at as prose.
  private static func firstLine(
    _ bytes: ArraySlice<UInt8>, _ what: String, isGood: (ArraySlice<UInt8>) -> Bool
  ) -> [Flaw] {
    var comments: [UInt8] = []
    var found: [Flaw] = []
    for line in ReleaseText.lines(bytes) {
      let text = line.trimmed
      guard let first = text.first else { continue }
      if first == 35 || first == 59 {
        comments += text.drop { $0 == 35 || $0 == 59 }.trimmed + [10]
      } else if !isGood(text) {
        found.append(Flaw(offset: line.startIndex, what: what))
        break
      }
    }
    let inner = FragmentRule.flaws(in: comments[...]) + TranscriptRule.flaws(in: comments[...])
    return found + inner.prefix(1).map { Flaw(offset: bytes.startIndex, what: $0.what) }
  }
}
