/// Finds base64, in which anything could stand.
enum EncodedDataRule {
  private static let shortest = 40
  private static let shortestPadded = 22

  /// Every run of characters that changes its kind as often as base64 does and words never do.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var found: [Flaw] = []
    var start = bytes.startIndex
    for end in bytes.startIndex...bytes.endIndex {
      let isOpen =
        end < bytes.endIndex && (bytes[end].isWord || bytes[end] == 43 || bytes[end] == 47 || bytes[end] == 45)
      if isOpen { continue }
      if end - start >= shortestPadded {
        let isPadded = end < bytes.endIndex && bytes[end] == 61 && (end - start) % 4 != 1
        let word = bytes[start..<end]
        if isPadded || end - start >= shortest ? hasEncodedPart(word, of: bytes) : isIdentifier(word) {
          found.append(Flaw(offset: start, what: "encoded data"))
        }
      }
      start = end + 1
    }
    return found + dumps(in: bytes)
  }

  /// Whether a word, or of an address on the web a part of it, is encoded. Hashes are looked at by their digits.
  private static func hasEncodedPart(_ word: ArraySlice<UInt8>, of bytes: ArraySlice<UInt8>) -> Bool {
    let before = bytes[..<word.startIndex].suffix(80)
    let token = before.reversed().prefix { !$0.isSpace }
    guard String(decoding: token.reversed(), as: UTF8.self).contains(":") && word.contains(47) else {
      return isEncoded(word)
    }
    return word.split(separator: 47).contains { $0.count >= shortest && isEncoded($0) }
  }

  /// The 16 bytes of a random UUID in 22 letters: version and variant stand where they must.
  private static func isIdentifier(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count == shortestPadded, isEncoded(word) else { return false }
    let (version, variant) = (word[word.startIndex + 8], word[word.startIndex + 10])
    return "QRST".utf8.contains(version) && "CGKOSWaeimquy26-+".utf8.contains(variant)
  }

  /// Lines of bytes in hexadecimal digits, as programs print what no one can read.
  private static func dumps(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var found: [Flaw] = []
    for line in ReleaseText.lines(bytes) where line.count > 20 {
      var run = 0
      var hasLetter = false
      for group in line.split(separator: 32) {
        let isGroup = (group.count == 2 || group.count == 4) && group.allSatisfy { $0.hexValue != nil }
        run = isGroup ? run + 1 : 0
        hasLetter = isGroup && (run > 1 && hasLetter || group.contains(where: \.isLetter))
        if run == 8, hasLetter {
          found.append(Flaw(offset: line.startIndex, what: "encoded data"))
          break
        }
      }
    }
    return found
  }

  private static func kind(_ byte: UInt8) -> Int { byte.isLowercase ? 0 : byte.isUppercase ? 1 : byte.isDigit ? 2 : 3 }

  private static func isEncoded(_ word: ArraySlice<UInt8>) -> Bool {
    var counts = [0, 0, 0, 0]
    var changes = 0
    var last = -1
    for byte in word {
      let kind = kind(byte)
      counts[kind] += 1
      if kind != last { changes += 1 }
      last = kind
    }
    return counts[0] >= 4 && counts[1] >= 4 && counts[2] >= 1 && Double(changes) > 0.35 * Double(word.count)
  }
}
