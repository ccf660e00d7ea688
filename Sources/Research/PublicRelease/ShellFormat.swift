/// Reads shell scripts: each line is a command of a known name, and neither quotes, comments nor documents hold data.
struct ShellFormat {
  private static let commands = KnownFields.words(
    """
    alias awk basename break bzip2 case cat cd chgrp chmod chown cmp command comm continue cp createdb curl cut date dd declare df
    diff dirname do docker done du echo elif else env esac eval exec exit export false fi find for function git grep gunzip gzip
    head hostname id if initdb install journalctl jq kill kubectl let ln local ls mapfile mkdir mkfifo mktemp mv nice nohup nproc
    od openssl pg_ctl pgbouncer ps psql printf promtool python3 pwd read readarray readonly realpath return rm sed seq set
    setpriv sha256sum shellcheck shift shopt sleep sort source spark-submit sqlite3 stat strip su sudo swift systemctl
    systemd-analyze tail tar tee test then time timeout touch tr trap true type ulimit umask uname unset until unshare wait
    while xargs xmllint zcat prlimit strace mount umount chroot nsenter ip logger apt-get apt dpkg dpkg-query ldd nm
    systemd-run systemd-nspawn bwrap hadolint yamllint sync truncate mkosi setsid taskset ionice flock uniq wc yes
    """)

  private static let deepest = 30

  private var literals: [SourceTokens.Piece] = []
  private var comments: [SourceTokens.Piece] = []
  private var documents: [SourceTokens.Piece] = []
  private var code: [UInt8]
  private var unfinished: Int?
  private let bytes: [UInt8]
  private var place = 0
  private var nesting = 0
  private var pending: [(end: [UInt8], isIndented: Bool)] = []

  /// The flaws of a file.
  static func flaws(in bytes: [UInt8]) -> [Flaw] {
    var reader = ShellFormat(bytes)
    reader.readCode(until: nil)
    var found: [Flaw] = []
    if let offset = reader.unfinished { found.append(Flaw(offset: offset, what: "no shell script")) }
    for piece in reader.literals + reader.comments + reader.documents {
      let inner = FragmentRule.flaws(in: piece.text[...]) + IdentifierRule.flaws(in: piece.text[...])
      if let what = inner.first?.what { found.append(Flaw(offset: piece.offset, what: what)) }
    }
    for piece in reader.comments + reader.documents where TranscriptRule.flaws(in: piece.text[...]).count > 0 {
      found.append(Flaw(offset: piece.offset, what: "a line of a conversation"))
    }
    return found + reader.unknownCommands()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    code = bytes.map { $0 == 10 ? 10 : 32 }
  }

  private func byte(_ ahead: Int = 0) -> UInt8 { place + ahead < bytes.count ? bytes[place + ahead] : 0 }

  private mutating func readCode(until end: UInt8?) {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting < ShellFormat.deepest else { return unfinished = place }
    var depth = 0
    while place < bytes.count, unfinished == nil {
      let byte = byte()
      if byte == end, depth == 0 { return }
      switch byte {
      case 35 where place == 0 || bytes[place - 1].isSpace || bytes[place - 1] == 59: comment()
      case 39: singleQuoted()
      case 34: doubleQuoted()
      case 92:
        code[place] = 92
        place += 2
      case 36 where self.byte(1) == 123: expansion()
      case 60 where bytes[place...].starts(with: "<<<".utf8): place += 3
      case 60 where self.byte(1) == 60: document()
      case 10:
        place += 1
        readDocuments()
      default:
        if byte == 40 { depth += 1 }
        if byte == 41, depth > 0 { depth -= 1 }
        code[place] = byte
        place += 1
      }
    }
    if end != nil, unfinished == nil { unfinished = max(bytes.count - 1, 0) }
  }

  private mutating func comment() {
    let start = place
    while place < bytes.count, bytes[place] != 10 { place += 1 }
    comments.append(SourceTokens.Piece(offset: start, text: Array(bytes[start..<place].drop { $0 == 35 || $0 == 33 })))
  }

  private mutating func singleQuoted() {
    let start = place
    place += 1
    while place < bytes.count, bytes[place] != 39 { place += 1 }
    guard place < bytes.count else { return unfinished = start }
    literals.append(SourceTokens.Piece(offset: start, text: Array(bytes[(start + 1)..<place])))
    code[start] = 34
    place += 1
  }

  private mutating func doubleQuoted() {
    let start = place
    var text: [UInt8] = []
    code[place] = 34
    place += 1
    while place < bytes.count, unfinished == nil {
      switch byte() {
      case 34:
        literals.append(SourceTokens.Piece(offset: start, text: text))
        place += 1
        return
      case 92:
        if byte(1) != 10 { text.append(byte(1)) }
        place += 2
      case 36 where byte(1) == 40:
        place += 2
        readCode(until: 41)
        place += 1
        text.append(48)
      case 36 where byte(1) == 123:
        expansion()
        text.append(48)
      default:
        text.append(byte())
        place += 1
      }
    }
    if unfinished == nil { unfinished = start }
  }

  /// `${…}`, in which quotes count.
  private mutating func expansion() {
    let start = place
    nesting += 1
    defer { nesting -= 1 }
    guard nesting < ShellFormat.deepest else { return unfinished = place }
    code[place] = 36
    place += 2
    while place < bytes.count, byte() != 125, unfinished == nil {
      switch byte() {
      case 34: doubleQuoted()
      case 92: place += 2
      case 36 where byte(1) == 123: expansion()
      case 36 where byte(1) == 40:
        place += 2
        readCode(until: 41)
        place += 1
      default: place += 1
      }
    }
    if place >= bytes.count { unfinished = start }
    place += 1
  }

  /// The head of a document: its body begins on the next line.
  private mutating func document() {
    code[place] = 60
    place += 2
    let isIndented = byte() == 45
    if isIndented { place += 1 }
    while byte() == 32 { place += 1 }
    let word = bytes[place...].prefix { $0.isWord || $0 == 39 || $0 == 34 || $0 == 92 }
    place = word.endIndex
    pending.append((word.filter(\.isWord), isIndented))
  }

  private mutating func readDocuments() {
    for document in pending {
      let start = place
      var text: [UInt8] = []
      while place < bytes.count {
        let line = bytes[place...].prefix { $0 != 10 }
        place = min(line.endIndex + 1, bytes.count)
        let plain = document.isIndented ? line.drop { $0 == 9 } : line
        if plain.elementsEqual(document.end) { break }
        text += plain + [10]
      }
      documents.append(SourceTokens.Piece(offset: start, text: text))
    }
    pending = []
  }

  /// The first line that begins with no command, no function of the file and no sign.
  private func unknownCommands() -> [Flaw] {
    var isOpen = false
    var names: Set<String> = []
    for line in ReleaseText.lines(code[...]) {
      let word = line.trimmed.prefix { $0.isWord || $0 == 45 }
      if line.trimmed[word.endIndex...].starts(with: "()".utf8) { names.insert(word.text) }
    }
    for line in ReleaseText.lines(code[...]) {
      let text = line.trimmed
      guard let first = text.first else { continue }
      let word = text.prefix { !$0.isSpace && !";()|&".utf8.contains($0) }
      let isSign = !first.isLetter || word.contains { "=/$\"[{+*?.:".utf8.contains($0) }
      let isPattern = text[word.endIndex...].trimmed.first.map { $0 == 41 || $0 == 124 } ?? false
      if !isOpen, !isSign, !isPattern, !ShellFormat.commands.contains(word.text), !names.contains(word.text),
        !word.contains(95)
      {
        return [Flaw(offset: line.startIndex, what: "no command of a shell script")]
      }
      if word.contains(44) || text.contains(9) { return [Flaw(offset: line.startIndex, what: "no shell script")] }
      isOpen = text.last.map { "\\|&(".utf8.contains($0) } ?? false
    }
    return []
  }
}
